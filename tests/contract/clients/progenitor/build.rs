//! Makes the client from the contract that `$CONTRACT` names.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let contract = env::var("CONTRACT")?;
    println!("cargo:rerun-if-changed={contract}");
    println!("cargo:rerun-if-env-changed=CONTRACT");
    let contract: openapiv3::OpenAPI = serde_json::from_str(&fs::read_to_string(contract)?)?;
    let code = progenitor::Generator::default().generate_tokens(&contract)?;
    let code = prettyplease::unparse(&syn::parse2(code)?);
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("generated.rs"), code)?;
    Ok(())
}
