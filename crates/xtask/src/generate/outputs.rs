//! The table of outputs: which template prints which file, or which region of it.

use crate::run::Result;

/// One generated file, or one generated region of a file.
pub struct Output {
    /// The file, relative to the top of the checkout.
    pub path: &'static str,
    /// The template below `crates/xtask/templates`.
    pub template: &'static str,
    /// The name of the region between two marker lines; the whole file if there is none.
    pub region: Option<&'static str>,
    /// Distinguishes variants of one template, such as the sync and the async twin or the languages'
    /// READMEs; the template sees it as `variant`.
    pub variant: &'static str,
    /// The resource that the file is for; the template sees its facts as `resource`.
    pub resource: &'static str,
}

const fn file(path: &'static str, template: &'static str) -> Output {
    Output { path, template, region: None, variant: "", resource: "" }
}

impl Output {
    const fn region(self, name: &'static str) -> Self {
        Output { region: Some(name), ..self }
    }

    const fn variant(self, variant: &'static str) -> Self {
        Output { variant, ..self }
    }

    const fn of(self, resource: &'static str, variant: &'static str) -> Self {
        Output { resource, variant, ..self }
    }
}

/// All outputs.
pub const OUTPUTS: &[Output] = &[
    file("crates/crankwheel/src/config/options.rs", "core/options.rs.jinja"),
    file("crates/crankwheel/src/error/kind.rs", "core/error_kind.rs.jinja"),
    file("crates/crankwheel/src/error/mod.rs", "core/error_attributes.rs.jinja").region("attributes"),
    file("crates/crankwheel/src/transport/settings.rs", "core/settings.rs.jinja"),
    file("crates/crankwheel/src/model/schema.rs", "core/schema.rs.jinja"),
    file("crates/crankwheel/src/table/arrow/columns.rs", "core/columns.rs.jinja"),
    file("crates/crankwheel/src/api/writable.rs", "core/writable.rs.jinja"),
    file("crates/crankwheel/src/api/setters.rs", "core/setters.rs.jinja"),
    file("python/src/crankwheel/__init__.py", "python/init.py.jinja"),
    file("python/src/crankwheel/_errors.py", "python/errors.py.jinja"),
    file("python/src/crankwheel/_native.pyi", "python/models.pyi.jinja").region("models"),
    file("python/src/crankwheel/_options.py", "python/options.py.jinja"),
    file("python/src/crankwheel/_schemas.py", "python/schemas.py.jinja"),
    file("npm/src/models.ts", "npm/models.ts.jinja"),
    file("npm/src/columns.ts", "npm/columns.ts.jinja"),
    file("npm/src/fields.ts", "npm/fields.ts.jinja"),
    file("npm/src/error-classes.ts", "npm/error-classes.ts.jinja"),
    file("npm/src/options.ts", "npm/options.ts.jinja"),
    file("crates/crankwheel/README.md", "readme/options.md.jinja").region("options").variant("rust"),
    file("crates/crankwheel/README.md", "readme/errors.md.jinja").region("errors").variant("rust"),
    file("npm/README.md", "readme/options.md.jinja").region("options").variant("ts"),
    file("npm/README.md", "readme/errors.md.jinja").region("errors").variant("ts"),
    file("npm/README.md", "readme/columns.md.jinja").region("columns").variant("ts"),
    file("python/README.md", "readme/columns.md.jinja").region("columns").variant("python"),
    file("npm/README.md", "readme/attributes.md.jinja").region("attributes").variant("ts"),
    file("python/README.md", "readme/options.md.jinja").region("options").variant("python"),
    file("python/README.md", "readme/errors.md.jinja").region("errors").variant("python"),
    file("python/README.md", "readme/attributes.md.jinja").region("attributes").variant("python"),
    file("bindings/python/src/output/error.rs", "bindings/python_error.rs.jinja").region("attributes"),
    file("bindings/node/src/error.rs", "bindings/node_error.rs.jinja").region("attributes"),
    file("bindings/node/src/error.rs", "bindings/node_error_values.rs.jinja").region("values"),
    file("bindings/python/src/input/options.rs", "bindings/python_options.rs.jinja"),
    file("bindings/node/src/options.rs", "bindings/node_options.rs.jinja"),
    file("tests/conformance/tests/rust/classes.rs", "tests/conformance_classes.rs.jinja"),
    file("tests/conformance/tests/rust/options.rs", "tests/conformance_options.rs.jinja"),
    file("crates/crankwheel-sandbox/src/state/fields.rs", "sandbox/fields.rs.jinja").region("fields"),
    file("crates/crankwheel-sandbox/src/options/sandbox_options.rs", "sandbox/options.rs.jinja"),
    file("crates/crankwheel-sandbox/src/program/flags.rs", "sandbox/flags.rs.jinja"),
    file("crates/crankwheel-sandbox/src/faults/fault.rs", "sandbox/fault.rs.jinja"),
    file("crates/crankwheel-sandbox/src/faults/rule.rs", "sandbox/scope.rs.jinja").region("scope"),
    file("python/src/crankwheel/sandbox/_faults.py", "python/faults.py.jinja"),
    file("python/src/crankwheel/types.py", "python/fault_kind.py.jinja").region("fault kinds"),
    file("python/src/crankwheel/sandbox/__init__.py", "python/sandbox_constructor.py.jinja")
        .region("options"),
    file("python/src/crankwheel/sandbox/__init__.py", "python/sandbox_fail.py.jinja").region("fail"),
    file("npm/src/sandbox-options.ts", "npm/sandbox-options.ts.jinja"),
    file("npm/src/fault-kinds.ts", "npm/fault-kinds.ts.jinja"),
    file("crates/crankwheel-sandbox/README.md", "sandbox/flags.md.jinja").region("flags").variant("rust"),
    file("crates/crankwheel-sandbox/README.md", "sandbox/scope.md.jinja").region("scope").variant("rust"),
    file("crates/crankwheel-sandbox/README.md", "sandbox/faults.md.jinja").region("faults").variant("rust"),
    file("npm/README.md", "sandbox/options.md.jinja").region("sandbox options").variant("ts"),
    file("npm/README.md", "sandbox/scope.md.jinja").region("sandbox scope").variant("ts"),
    file("npm/README.md", "sandbox/faults.md.jinja").region("sandbox faults").variant("ts"),
    file("python/README.md", "sandbox/options.md.jinja").region("sandbox options").variant("python"),
    file("python/README.md", "sandbox/scope.md.jinja").region("sandbox scope").variant("python"),
    file("python/README.md", "sandbox/faults.md.jinja").region("sandbox faults").variant("python"),
    file("bindings/python/src/run/operations.rs", "python/operations.rs.jinja"),
    file("bindings/node/src/operations.rs", "npm/operations.rs.jinja"),
    file("python/src/crankwheel/_native.pyi", "python/operations.pyi.jinja").region("operations"),
    file("python/src/crankwheel/_clients.py", "python/resource.py.jinja").of("clients", "sync"),
    file("python/src/crankwheel/_sso.py", "python/resource.py.jinja").of("sso", "sync"),
    file("python/src/crankwheel/_reseller.py", "python/resource.py.jinja").of("reseller", "sync"),
    file("python/src/crankwheel/_async_clients.py", "python/resource.py.jinja").of("clients", "async"),
    file("python/src/crankwheel/_async_sso.py", "python/resource.py.jinja").of("sso", "async"),
    file("python/src/crankwheel/_async_reseller.py", "python/resource.py.jinja").of("reseller", "async"),
    file("python/src/crankwheel/_views.py", "python/views.py.jinja"),
    file("python/README.md", "python/operations.md.jinja").region("operations"),
    file("npm/src/clients.ts", "npm/resource.ts.jinja").of("clients", ""),
    file("npm/src/sso.ts", "npm/resource.ts.jinja").of("sso", ""),
    file("npm/src/reseller.ts", "npm/resource.ts.jinja").of("reseller", ""),
    file("npm/README.md", "npm/operations.md.jinja").region("operations"),
    file("tests/conformance/tests/rust/operations.rs", "conformance/operations.rs.jinja"),
];

impl Output {
    /// The whole new text of the file: the printed text, or the committed one with its region
    /// replaced.
    pub fn embed(&self, committed: &str, printed: &str) -> Result<String> {
        let Some(region) = self.region else { return Ok(printed.to_owned()) };
        let missing = |marker: &str| format!("{} has no line with `{marker}`", self.path);
        let (begin, end) = (format!("generated: {region}"), format!("end of generated: {region}"));
        let (before, rest) = split_after_line(committed, &begin, &end).ok_or_else(|| missing(&begin))?;
        let at = rest.find(&end).ok_or_else(|| missing(&end))?;
        let (inside, _) = rest.split_at(at);
        let after = rest.get(inside.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
        Ok(format!("{before}{printed}{after}"))
    }
}

/// Splits after the line that holds `begin` (and not `end`, which holds the same words).
fn split_after_line<'a>(text: &'a str, begin: &str, end: &str) -> Option<(&'a str, &'a str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.contains(begin) && !line.contains(end) {
            return Some(text.split_at(at));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_replaced_and_the_rest_stays() {
        let output = file("README.md", "").region("options");
        let committed = "# a\n<!-- generated: options -->\nold\nold\n<!-- end of generated: options -->\nz\n";
        let expected = "# a\n<!-- generated: options -->\nnew\n<!-- end of generated: options -->\nz\n";
        assert_eq!(output.embed(committed, "new\n").unwrap(), expected);
        assert_eq!(output.embed(expected, "new\n").unwrap(), expected);
        assert!(output.embed("# a\n", "new\n").unwrap_err().contains("generated: options"));
    }
}
