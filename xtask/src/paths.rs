//! Where things lie: the repository, the build caches, what is built.

use std::{
    env,
    path::{Path, PathBuf},
};

pub struct Paths {
    /// The root of the repository.
    pub root: PathBuf,
    /// Timings and other things worth remembering between runs.
    pub cache: PathBuf,
    /// Native builds.
    pub target: PathBuf,
    /// Browser builds: apart, because the compiler may be another one.
    pub target_web: PathBuf,
}

impl Paths {
    pub fn find() -> Self {
        // Asked when it runs, not when it is compiled: clones that share a build cache share this binary.
        let xtask = env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where xtask lies: run `cargo xtask`");
        let root = Path::new(&xtask).parent().expect("xtask lies in the workspace").to_path_buf();
        let home = env::var_os("HOME").map_or_else(env::temp_dir, PathBuf::from);
        let cache = home.join(".cache/heluo");
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(
            || cache.join("target"),
            |dir| std::path::absolute(dir).expect("a current directory exists"),
        );
        let mut target_web = target.clone().into_os_string();
        target_web.push("-web");
        Self {
            root,
            cache,
            target,
            target_web: target_web.into(),
        }
    }

    /// The directory into which cargo puts the server's binary.
    pub fn profile_dir(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" })
    }

    /// The directory that holds a server ready to start: `heluo`, `hash.txt`, `site/`.
    pub fn ready_dir(&self, release: bool) -> PathBuf {
        if release { self.root.join("dist") } else { self.profile_dir(false) }
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }
}
