use newswatch::config::*;
fn main() {
    let p = std::env::args().nth(1).unwrap();
    match load(
        std::path::Path::new(&p),
        &ProcessEnvironment,
        Secrets::Optional,
    ) {
        Ok(l) => {
            for w in &l.warnings {
                println!("{}\n", w.render(Color::Plain));
            }
            if std::env::args().count() > 2 {
                println!("{:#?}", l.config);
            }
        }
        Err(e) => {
            println!("{}\n--", e.render(Color::Plain));
            println!("{e}");
            for p in &e.0 {
                println!("{}", p.to_json());
            }
        }
    }
}
