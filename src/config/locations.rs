//! Where things are: flags first, then the environment, then defaults.

use std::path::{Path, PathBuf};

use super::environment::environment_path;

/// Where things are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locations {
    /// The file of settings; `None` means that every setting has its default.
    pub config: Option<PathBuf>,
    /// The folder of connectors.
    pub connectors: PathBuf,
    /// The folder of what the server keeps: approvals and the audit log.
    pub state: PathBuf,
}

/// No folder for what the server keeps.
#[derive(Debug, thiserror::Error)]
#[error(
    "this user has no home folder to keep approvals and the audit log in: name a folder with --state or TOOLGATE_STATE"
)]
pub struct LocationsError;

impl Locations {
    /// Finds out where things are. What is given wins over `TOOLGATE_CONFIG`, `TOOLGATE_CONNECTORS` and
    /// `TOOLGATE_STATE`, of which an empty one counts as not set; after those come no settings file, `./connectors`, and
    /// `toolgate` in the user's state folder.
    ///
    /// # Errors
    /// [`LocationsError`] when nothing says where state is kept and the user has no home folder.
    pub fn resolve(
        config: Option<PathBuf>,
        connectors: Option<PathBuf>,
        state: Option<PathBuf>,
    ) -> Result<Self, LocationsError> {
        Self::resolve_in(
            config,
            connectors,
            state,
            &environment_path,
            std::env::home_dir().as_deref(),
        )
    }

    fn resolve_in(
        config: Option<PathBuf>,
        connectors: Option<PathBuf>,
        state: Option<PathBuf>,
        environment: &dyn Fn(&str) -> Option<PathBuf>,
        home: Option<&Path>,
    ) -> Result<Self, LocationsError> {
        Ok(Self {
            config: config.or_else(|| environment("TOOLGATE_CONFIG")),
            connectors: connectors
                .or_else(|| environment("TOOLGATE_CONNECTORS"))
                .unwrap_or_else(|| "connectors".into()),
            state: state
                .or_else(|| environment("TOOLGATE_STATE"))
                .or_else(|| state_folder(environment, home))
                .ok_or(LocationsError)?,
        })
    }
}

/// The folder for state of this application, as the operating system has it.
fn state_folder(environment: &dyn Fn(&str) -> Option<PathBuf>, home: Option<&Path>) -> Option<PathBuf> {
    // The XDG specification tells to ignore relative paths.
    let absolute = |name: &str| environment(name).filter(|path| path.is_absolute());
    let home = home.filter(|home| home.is_absolute());
    let folder = if cfg!(windows) {
        absolute("LOCALAPPDATA").or_else(|| home.map(|home| home.join("AppData").join("Local")))
    } else if cfg!(target_os = "macos") {
        absolute("XDG_STATE_HOME").or_else(|| home.map(|home| home.join("Library").join("Application Support")))
    } else {
        absolute("XDG_STATE_HOME").or_else(|| home.map(|home| home.join(".local").join("state")))
    };
    folder.map(|folder| folder.join("toolgate"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(
        flags: [Option<&str>; 3],
        variables: &[(&str, &str)],
        home: Option<&str>,
    ) -> Result<[Option<String>; 3], String> {
        let [config, connectors, state] = flags.map(|flag| flag.map(PathBuf::from));
        let environment = |name: &str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| PathBuf::from(value))
        };
        let locations = Locations::resolve_in(config, connectors, state, &environment, home.map(Path::new))
            .map_err(|error| error.to_string())?;
        let shown = |path: PathBuf| path.to_string_lossy().into_owned();
        Ok([
            locations.config.map(shown),
            Some(shown(locations.connectors)),
            Some(shown(locations.state)),
        ])
    }

    #[test]
    fn flags_win_over_the_environment_and_the_environment_over_defaults() {
        let text = |text: &str| Some(text.to_owned());
        let variables = [
            ("TOOLGATE_CONFIG", "/e/c.toml"),
            ("TOOLGATE_CONNECTORS", "/e/connectors"),
            ("TOOLGATE_STATE", "/e/state"),
        ];
        assert_eq!(
            resolve(
                [Some("/f/c.toml"), Some("/f/connectors"), Some("/f/state")],
                &variables,
                Some("/home/u")
            ),
            Ok([text("/f/c.toml"), text("/f/connectors"), text("/f/state")])
        );
        assert_eq!(
            resolve([None; 3], &variables, None),
            Ok([text("/e/c.toml"), text("/e/connectors"), text("/e/state")])
        );
    }

    #[test]
    #[cfg(all(unix, not(target_os = "macos")))]
    fn state_is_kept_in_the_folder_of_the_user() {
        let state =
            |variables: &[(&str, &str)], home| resolve([None; 3], variables, home).map(|[_, _, state]| state.unwrap());
        assert_eq!(
            state(&[], Some("/home/u")),
            Ok("/home/u/.local/state/toolgate".to_owned())
        );
        assert_eq!(
            state(&[("XDG_STATE_HOME", "/x")], Some("/home/u")),
            Ok("/x/toolgate".to_owned())
        );
        assert_eq!(
            state(&[("XDG_STATE_HOME", "x")], Some("/home/u")),
            Ok("/home/u/.local/state/toolgate".to_owned())
        );
        assert!(state(&[], None).unwrap_err().contains("--state"));
        assert_eq!(
            resolve([None; 3], &[], Some("/home/u")).unwrap()[..2],
            [None, Some("connectors".to_owned())]
        );
    }
}
