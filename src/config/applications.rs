//! Where applications of this user keep their settings.

use std::path::{Path, PathBuf};

use super::environment_variable;

/// The kind of operating system, as far as it decides where settings are kept.
#[derive(Debug, Clone, Copy)]
enum System {
    /// Linux and whatever else follows the XDG specification.
    Linux,
    MacOs,
    Windows,
}

impl System {
    /// The one that this program was built for.
    const fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

/// Folders of settings: those of the operating system, and those that an application lets its user choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFolders {
    /// The user's home.
    pub home: PathBuf,
    /// Settings that follow the user: `$XDG_CONFIG_HOME` or `~/.config`, `~/Library/Application Support`, `%APPDATA%`.
    pub settings: PathBuf,
    /// Windows only: what stays on this machine, `%LOCALAPPDATA%`.
    pub local: Option<PathBuf>,
    /// `CLAUDE_CONFIG_DIR`, where Claude Code then keeps everything.
    pub claude_code: Option<PathBuf>,
    /// `CODEX_HOME`, the same for Codex.
    pub codex: Option<PathBuf>,
}

/// No folder for settings.
#[derive(Debug, thiserror::Error)]
#[error("this user has no home folder to look for the client's settings in: name the client's file with --file")]
pub struct NoHome;

impl ApplicationFolders {
    /// Finds the folders of this user.
    ///
    /// # Errors
    /// [`NoHome`] when the operating system names no home folder.
    pub fn of_user() -> Result<Self, NoHome> {
        Self::resolve(
            System::current(),
            &environment_variable,
            std::env::home_dir().as_deref(),
        )
    }

    fn resolve(
        system: System,
        environment: &dyn Fn(&str) -> Option<String>,
        home: Option<&Path>,
    ) -> Result<Self, NoHome> {
        let home = home.filter(|home| home.is_absolute()).ok_or(NoHome)?.to_owned();
        // A relative folder would be another one wherever the application is started.
        let absolute = |name: &str| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let (settings, local) = match system {
            System::Linux => (
                absolute("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")),
                None,
            ),
            System::MacOs => (home.join("Library").join("Application Support"), None),
            System::Windows => (
                absolute("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming")),
                Some(absolute("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData").join("Local"))),
            ),
        };
        Ok(Self {
            settings,
            local,
            claude_code: absolute("CLAUDE_CONFIG_DIR"),
            codex: absolute("CODEX_HOME"),
            home,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(system: System, variables: &[(&str, &str)]) -> ApplicationFolders {
        let environment = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        ApplicationFolders::resolve(system, &environment, Some(Path::new("/home/u"))).unwrap()
    }

    #[test]
    #[cfg(unix)]
    fn every_system_has_its_folders_and_variables_move_them() {
        use System::{Linux, MacOs, Windows};
        let all = [
            ("XDG_CONFIG_HOME", "/x"),
            ("APPDATA", "/roaming"),
            ("LOCALAPPDATA", "/local"),
        ];
        for (system, variables, settings, local) in [
            (Linux, &[][..], "/home/u/.config", None),
            (Linux, &all[..], "/x", None),
            (Linux, &[("XDG_CONFIG_HOME", "x")][..], "/home/u/.config", None),
            (MacOs, &all[..], "/home/u/Library/Application Support", None),
            (
                Windows,
                &[][..],
                "/home/u/AppData/Roaming",
                Some("/home/u/AppData/Local"),
            ),
            (Windows, &all[..], "/roaming", Some("/local")),
        ] {
            let folders = resolve(system, variables);
            assert_eq!(folders.settings, Path::new(settings), "{system:?} {variables:?}");
            assert_eq!(
                folders.local.as_deref(),
                local.map(Path::new),
                "{system:?} {variables:?}"
            );
        }
        let moved = resolve(Linux, &[("CLAUDE_CONFIG_DIR", "/claude"), ("CODEX_HOME", "/codex")]);
        assert_eq!(moved.claude_code.as_deref(), Some(Path::new("/claude")));
        assert_eq!(moved.codex.as_deref(), Some(Path::new("/codex")));
        let unmoved = resolve(Linux, &[("CLAUDE_CONFIG_DIR", "relative")]);
        assert_eq!((unmoved.claude_code, unmoved.codex), (None, None));
    }

    #[test]
    fn without_a_home_the_way_out_is_named() {
        let error = ApplicationFolders::resolve(System::Linux, &|_| None, None).unwrap_err();
        assert!(error.to_string().contains("--file"), "{error}");
    }
}
