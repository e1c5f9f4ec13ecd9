use std::fs;

use tempfile::TempDir;

use super::*;

const LEVELS: &[&[&str]] = &[&["error", "json"], &["transport"], &["client", "lib"]];

/// Three layers that are in order.
const GOOD: [(&str, &str); 6] = [
    (
        "lib.rs",
        "mod client;\nmod error;\nmod json;\nmod transport;\npub use client::Client;\npub use error::Error;",
    ),
    ("error.rs", "pub struct Error;"),
    ("json.rs", "use crate::error::Error;\npub fn read() -> Result<(), Error> { Ok(()) }"),
    ("transport/mod.rs", "mod send;\npub use send::Sender;\npub struct Request;"),
    (
        "transport/send.rs",
        "use super::Request;\nuse crate::{error::Error, json};\npub struct Sender(Request, Error);\nfn read() { json::read() }",
    ),
    ("client.rs", "use crate::transport::{Request, Sender};\npub struct Client(Sender, Request);"),
];

/// The problems of these layers with some of the files replaced or added.
fn problems(changed: &[(&str, &str)]) -> Vec<String> {
    let checkout = TempDir::new().unwrap();
    write(&checkout, "src", GOOD.iter().chain(changed));
    check(&Crate::read(checkout.path(), "src").unwrap(), LEVELS)
}

fn write<'a>(checkout: &TempDir, folder: &str, files: impl IntoIterator<Item = &'a (&'a str, &'a str)>) {
    for (name, text) in files {
        let file = checkout.path().join(folder).join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

#[test]
fn layers_in_order_have_no_problems() {
    assert_eq!(problems(&[]), [""; 0]);
}

#[test]
fn an_upward_import_is_reported_with_its_place_and_both_levels() {
    let found = problems(&[("error.rs", "pub struct Error;\n\nuse crate::transport::Request;")]);
    assert_eq!(
        found,
        [
            "  src/error.rs:3: `error` (level 1) imports from `transport` (level 2) with `crate::transport::Request`; \
          move what both need to level 1 or below, or pass it in as an argument"
        ]
    );
}

#[test]
fn every_way_to_write_an_upward_import_is_found() {
    for import in [
        "use crate::{json::{self}, transport::send::{Sender as Other}};",
        "use super::transport::Request;",
        "pub use crate::transport;",
        "use crate::transport::*;",
        "use crate::Client;",
        "fn f() -> crate::transport::Request { todo!() }",
        "fn f() { println!(\"{}\", crate::transport::name()) }",
        "macro_rules! m { () => { $crate::transport::name() } }",
        "mod inner { use super::super::transport::Request; }",
    ] {
        let found = problems(&[("error.rs", &format!("pub struct Error;\n{import}"))]);
        assert!(
            found.first().is_some_and(|problem| problem.contains("src/error.rs:2")),
            "{import}: {found:?}"
        );
    }
}

#[test]
fn comments_strings_and_tests_are_exempt() {
    for exempt in [
        "/// See [`x`](crate::transport::Request).",
        "// use crate::transport::Request;",
        "const TEXT: &str = \"crate::transport::Request\";",
        "#[cfg(test)]\nmod tests { use crate::transport::Request; }",
        "#[cfg(test)]\nuse crate::transport::Request;",
        "#[cfg(test)]\nmod no_such_file;",
    ] {
        let found = problems(&[("error.rs", &format!("{exempt}\npub struct Error;"))]);
        assert!(found.is_empty(), "{exempt}: {found:?}");
    }
}

#[test]
fn a_macro_of_the_crate_belongs_to_the_file_that_defines_it() {
    let json = ("json.rs", "#[macro_export]\nmacro_rules! table { () => {} }\npub fn read() {}");
    let error = ("error.rs", "pub struct Error;\ncrate::table!();");
    assert_eq!(problems(&[json, error]), [""; 0]);
}

#[test]
fn a_module_without_a_level_is_reported() {
    let found = problems(&[("lib.rs", "mod error;\nmod news;"), ("news.rs", "")]);
    assert!(matches!(found.as_slice(), [one] if one.contains("`news` has no level")), "{found:?}");
}

#[test]
fn a_circle_is_found_through_re_exports() {
    let transport = ("transport/mod.rs", "mod retry;\nmod send;\npub use {send::Sender, retry::Retry};");
    let send = ("transport/send.rs", "use super::Retry;\npub struct Sender(Retry);");
    let retry = ("transport/retry.rs", "\nuse crate::transport::Sender;\npub struct Retry(Sender);");
    let found = problems(&[transport, send, retry, ("client.rs", "pub struct Client;")]);
    assert_eq!(
        found,
        ["  imports form a circle; move what both sides need into a separate file:\n    \
          src/transport/retry.rs:2 imports from src/transport/send.rs\n    \
          src/transport/send.rs:1 imports from src/transport/retry.rs"]
    );
}

#[test]
fn a_folder_that_uses_what_it_re_exports_is_part_of_a_circle() {
    let uses = ("transport/mod.rs", "mod send;\npub use send::Sender;\npub struct Request(Option<Sender>);");
    let found = problems(&[uses]);
    assert!(matches!(found.as_slice(), [one] if one.contains("src/transport/mod.rs:2 imports")), "{found:?}");
}

#[test]
fn a_circle_between_modules_of_one_level_is_found() {
    let lib = ("lib.rs", "mod error;\nmod json;");
    let error = [
        ("error.rs", "mod a;\nmod b;\npub use b::B;"),
        ("error/a.rs", "use crate::json::read;\nfn f() { read() }"),
    ];
    let found = problems(&[
        lib,
        error[0],
        error[1],
        ("error/b.rs", "pub struct B;"),
        ("json.rs", "use crate::error::B;\npub fn read() { B; }"),
    ]);
    assert!(
        matches!(found.as_slice(), [one] if one.contains("src/json.rs:1 imports from error")),
        "{found:?}"
    );
}

#[test]
fn circles_of_python_and_typescript_modules_are_found() {
    let checkout = TempDir::new().unwrap();
    let python = [
        ("__init__.py", "from ._client import Client"),
        ("_client.py", "from . import _errors, _fields\nfrom ._fields import given"),
        ("_fields.py", "def given():\n    from ._client import Client"),
        ("_errors.py", "import json"),
        ("sandbox/__init__.py", "from .._client import Client\nfrom ..sandbox.faults import Fault"),
        ("sandbox/faults.py", "from . import Sandbox"),
    ];
    write(&checkout, "python", &python);
    let script = [
        ("index.ts", "export { Client } from './client';\nexport * from './errors';"),
        ("client.ts", "import {\n  fail,\n} from './errors';"),
        ("errors.ts", "import type { Client } from './client';\nimport fs from 'node:fs';"),
    ];
    write(&checkout, "npm", &script);
    let circles = |folder| circles::circles(&scripts::edges(checkout.path(), Path::new(folder)).unwrap());
    let [found, package] = circles("python").try_into().unwrap();
    assert!(
        package.contains("python/sandbox/__init__.py:2 imports from python/sandbox/faults.py"),
        "{package}"
    );
    assert!(
        package.contains("python/sandbox/faults.py:1 imports from python/sandbox/__init__.py"),
        "{package}"
    );
    assert!(found.contains("python/_client.py:1 imports from python/_fields.py"), "{found}");
    assert!(found.contains("python/_fields.py:2 imports from python/_client.py"), "{found}");
    let [found] = circles("npm").try_into().unwrap();
    assert!(found.contains("npm/client.ts:3 imports from npm/errors.ts"), "{found}");
}
