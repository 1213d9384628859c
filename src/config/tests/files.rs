//! Files on a disk: what they include, and the secrets that are kept beside them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::*;
use crate::channel::ChannelKind;

/// A folder with files in it, each its owner's alone.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, text) in files {
            folder.write(name, text.as_bytes(), 0o600);
        }
        folder
    }

    fn write(&self, name: &str, bytes: &[u8], mode: u32) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self, secrets: Secrets) -> Result<Loaded, Problems> {
        let mut variables = environment();
        let credentials = self.path("credentials");
        if credentials.is_dir() {
            variables.insert("CREDENTIALS_DIRECTORY".to_owned(), credentials.into());
        }
        variables.insert("HOOK_KEY".to_owned(), KEY.into());
        super::super::load(&self.path("main.toml"), &variables, secrets)
    }

    /// The signing key of the only webhook.
    fn key(&self) -> String {
        let config = self.load(Secrets::Required).unwrap().config;
        let ChannelKind::Webhook(webhook) = &config.channels.first().unwrap().kind else {
            panic!("a webhook");
        };
        webhook.secrets.first().unwrap().expose_secret().to_owned()
    }

    /// The problems by severity, file name, line, kind.
    fn told(&self, secrets: Secrets) -> Vec<String> {
        let problems = match self.load(secrets) {
            Ok(loaded) => loaded.warnings,
            Err(problems) => problems.0,
        };
        let shown = |problem: &Problem| {
            let file = problem.file.rsplit('/').next().unwrap().to_owned();
            let (severity, kind) = (problem.severity.as_str(), problem.kind.as_str());
            format!("{severity} {file}:{} {kind}", problem.line)
        };
        problems
            .iter()
            .filter(|problem| problem.kind.as_str() != "empty")
            .map(shown)
            .collect()
    }
}

const KEY: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn hook(secret: &str) -> String {
    format!(
        "[[channel]]\nname = 'h'\ntype = 'webhook'\nurl = 'https://h.example/'\nsecret = {secret}\n"
    )
}

#[test]
fn included_files_add_their_lists_in_the_order_of_their_names() {
    let watch =
        |name: &str| format!("[[watch]]\nname = '{name}'\nquery = '@sea'\nnotify = ['c']\n");
    let folder = Folder::new(&[
        (
            "main.toml",
            &format!(
                "include = ['watches.d/*.toml', 'channels.toml']\n{}",
                watch("main")
            ),
        ),
        ("watches.d/b.toml", &watch("b")),
        (
            "watches.d/a.toml",
            &format!("{}[alias]\nsea = 'x'\n", watch("a")),
        ),
        ("watches.d/.hidden.toml", "not toml"),
        ("watches.d/a.toml~", "not toml"),
        (
            "channels.toml",
            "[[channel]]\nname = 'c'\ntype = 'console'\n",
        ),
    ]);
    let config = folder.load(Secrets::Required).unwrap().config;
    let names: Vec<_> = config
        .watches
        .iter()
        .map(|watch| watch.name.0.as_str())
        .collect();
    assert_eq!(names, ["main", "a", "b"]);
    assert_eq!(config.channels.len(), 1);
}

#[test]
fn problems_name_the_included_file_and_its_line() {
    let folder = Folder::new(&[
        (
            "main.toml",
            "include = ['a.toml', 'b.toml', 'c.toml']\nevrey = 1\n",
        ),
        (
            "a.toml",
            "\n[[watch]]\nname = 'w'\nquery = 'iran'\nstate_dir = 'x'\n",
        ),
        (
            "b.toml",
            "state_dir = 'x'\n\n[[watch]]\nname = 'w'\nquery = 'iran'\n",
        ),
        ("c.toml", "[[watch]\n"),
    ]);
    assert_eq!(
        folder.told(Secrets::Optional),
        [
            "error main.toml:2 unknown-key",
            "error a.toml:5 unknown-key",
            "error b.toml:1 unknown-key",
            "error b.toml:4 duplicate-name",
            "error c.toml:1 syntax",
        ]
    );
}

#[test]
fn a_file_that_includes_itself_or_another_twice_is_read_once() {
    let folder = Folder::new(&[
        (
            "main.toml",
            "include = ['*.toml', './a.toml']\n[[watch]]\nname = 'm'\nquery = 'a'\n",
        ),
        ("a.toml", "[[watch]]\nname = 'a'\nquery = 'a'\n"),
    ]);
    assert_eq!(
        folder.load(Secrets::Required).unwrap().config.watches.len(),
        2
    );
}

#[test]
fn an_included_file_that_is_missing_is_an_error_and_an_empty_folder_a_warning() {
    let folder = Folder::new(&[("main.toml", "include = ['a.toml']\n")]);
    assert_eq!(folder.told(Secrets::Optional), ["error main.toml:1 file"]);
    let folder = Folder::new(&[("main.toml", "include = ['none/*.toml']\n")]);
    let warnings = folder.load(Secrets::Optional).unwrap().warnings;
    assert!(
        warnings.iter().any(|problem| problem.path == "include[1]"),
        "{warnings:?}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_one_error() {
    let folder = Folder::new(&[]);
    assert_eq!(folder.told(Secrets::Optional), ["error main.toml:1 file"]);
    fs::create_dir(folder.path("main.toml")).unwrap();
    assert_eq!(folder.told(Secrets::Optional), ["error main.toml:1 file"]);
}

#[test]
fn a_file_that_is_not_utf8_names_the_place() {
    let folder = Folder::new(&[]);
    folder.write("main.toml", b"# ok\n# \xe9\n", 0o600);
    let problems = folder.load(Secrets::Optional).unwrap_err().0;
    let problem = problems.first().unwrap();
    assert_eq!((problem.line, problem.column), (2, 3));
}

#[test]
fn secrets_come_from_credentials_files_and_the_environment_without_their_line_end() {
    for (secret, name) in [
        ("{ credential = 'hook' }", "credentials/hook"),
        ("{ file = 'keys/hook' }", "keys/hook"),
        ("{ env = 'HOOK_KEY' }", "unused"),
        (&format!("'{KEY}'"), "unused"),
    ] {
        let folder = Folder::new(&[("main.toml", &hook(secret)), (name, &format!("{KEY}\r\n"))]);
        assert_eq!(folder.key(), KEY, "{secret}");
    }
}

#[test]
fn a_secret_that_cannot_be_read_stops_those_who_send_and_warns_the_others() {
    for secret in [
        "{ credential = 'hook' }",
        "{ file = 'none' }",
        "{ file = 'empty' }",
        "{ file = '.' }",
        "{ env = 'NONE' }",
    ] {
        let folder = Folder::new(&[("main.toml", &hook(secret)), ("empty", "\n")]);
        assert_eq!(
            folder.told(Secrets::Required),
            ["error main.toml:5 secret"],
            "{secret}"
        );
        assert_eq!(
            folder.told(Secrets::Optional),
            ["warning main.toml:5 secret"],
            "{secret}"
        );
    }
}

#[test]
fn a_secret_in_the_configuration_is_a_warning_and_an_error_where_others_read_it() {
    let folder = Folder::new(&[("main.toml", &hook(&format!("'{KEY}'")))]);
    assert_eq!(
        folder.told(Secrets::Required),
        ["warning main.toml:5 secret"]
    );
    for mode in [0o640, 0o604] {
        folder.write("main.toml", hook(&format!("'{KEY}'")).as_bytes(), mode);
        assert_eq!(
            folder.told(Secrets::Required),
            ["error main.toml:5 secret"],
            "{mode:o}"
        );
    }
}

#[test]
fn a_configuration_without_secrets_may_be_read_by_all() {
    let folder = Folder::new(&[("key", KEY)]);
    folder.write("main.toml", hook("{ file = 'key' }").as_bytes(), 0o644);
    assert_eq!(folder.told(Secrets::Required), Vec::<String>::new());
}

#[test]
fn a_secrets_file_that_others_can_read_is_a_warning() {
    let folder = Folder::new(&[("main.toml", &hook("{ file = 'key' }"))]);
    folder.write("key", KEY.as_bytes(), 0o644);
    assert_eq!(
        folder.told(Secrets::Required),
        ["warning main.toml:5 secret"]
    );
}

#[test]
fn a_missing_list_of_authorities_stops_those_who_send_and_warns_the_others() {
    let mail = "[[channel]]\nname = 'm'\ntype = 'email'\nto = ['a@example.org']\nfrom = 'b@example.org'\n\
                smtp = { host = 'h', ca_file = 'ca.pem' }\n";
    let folder = Folder::new(&[("main.toml", mail)]);
    assert_eq!(folder.told(Secrets::Required), ["error main.toml:6 file"]);
    assert_eq!(folder.told(Secrets::Optional), ["warning main.toml:6 file"]);
}

/// Whatever is wrong beside a secret, neither the messages nor the lines that are shown repeat it.
#[test]
fn no_problem_shows_a_secret() {
    const SECRETS: [&str; 5] = ["hunter2", "Zm9v", "T000", "joe", "sesame"];
    for text in [
        "[[channel]]\nname = 'm'\ntype = 'email'\nsmtp = { host = 'h:1', username = 'u', pasword = 'hunter2' }\n",
        "[[channel]]\nname = 'm'\ntype = 'email'\nsmtp = { host = 'h:1', username = 'u', password = 'hunter2', x = 1 }\n",
        "[[channel]]\nname = 'm'\ntype = 'email'\nsmtp = { host = 'h', username = 'u', password = ['hunter2'] }\n",
        "[[channel]]\nname = 'm'\ntype = 'email'\nsmtp = { host = 'h', username = 'u', password = { value = 'hunter2' } }\n",
        "[[channel]]\nname = 'm'\ntype = 'email'\nsmtp = { host = 'h', password = 'hunter2, x = 1 }\n",
        "[[channel]]\nname = 'm'\ntype = 'email'\nsmtp.password = hunter2\n",
        "[[channel]]\nname = 'm'\ntype = 'email'\npassword = \"\"\"\nhunter2\"\"\"\n",
        "password = 'hunter2'\n",
        "[[channel]]\nname = 'h'\ntype = 'webhook'\nurl = 'ftp://h.example/T000/B'\n",
        "[[channel]]\nname = 'h'\ntype = 'slack'\nurl = 'https://h.example/T000/B'; secret = 'whsec_Zm9v'\n",
        "[[channel]]\nname = 'h'\ntype = 'webhook'\nurl = 'https://h.example/T000/B\nsecret = 'x\n",
        "[[channel]]\nname = 'h'\ntype = 'webhook'\nurl = 'h.example/T000/B'\nsecret = ['whsec_Zm9v', 5]\n",
        "[[channel]]\nname = 'h'\ntype = 'webhook'\nsecret = 'whsec_Zm9v=x'\n",
        "[[channel]]\nname = 'h'\ntype = 'webhook'\nsecret = whsec_Zm9v\n",
        "[[feed]]\nurl = 'ftp://joe:sesame@a.example/'\n",
        "[[feed]]\nurl = 'https://joe:sesame@a.example/'\n[[feed]]\nurl = 'https://joe:sesame@a.example/'\n",
        "[[feed]]\nurl = https://joe:sesame@a.example/\n",
        "[[feed]]\nurl = 'ftp://a.example/?token=sesame'\n",
        "x = 1 # 'https://a.example/', 'https://joe:sesame@a.example/' whsec_Zm9v, 'whsec_Zm9v'\n",
        "[[feed]]\nurl = \"ftp:\\u002f/joe:sesame@a.example/\"\n",
        "[[feed]]\nurl = 5 # https://joe:sesame@a.example/\n",
    ] {
        let folder = Folder::new(&[]);
        folder.write("main.toml", text.as_bytes(), 0o644);
        let problems = folder.load(Secrets::Required).expect_err(text);
        let json: Vec<_> = problems.0.iter().map(Problem::to_json).collect();
        let told = format!(
            "{}{problems}{problems:?}{json:?}",
            problems.render(Color::Plain)
        );
        for secret in SECRETS {
            assert!(!told.contains(secret), "{secret} in {text}\n{told}");
        }
    }
}
