//! Says what is being done, and how long the same step took last time.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Result;

/// A step shorter than this is not worth a forecast.
const SHORT: Duration = Duration::from_secs(1);

pub struct Progress {
    file: PathBuf,
    seconds: BTreeMap<String, f64>,
}

impl Progress {
    /// Timings are a convenience: when they can't be read, there are none.
    pub fn load(cache: &Path) -> Self {
        let file = cache.join("timings.json");
        let seconds = fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { file, seconds }
    }

    /// Announces the step, does it, and says how long it took.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("▸ {name}{}", self.forecast(name));
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        match &result {
            Ok(_) => {
                println!("  done in {}", spoken(took));
                self.remember(name, took);
            }
            Err(_) => println!("  FAILED after {}: {name}", spoken(took)),
        }
        result
    }

    fn forecast(&self, name: &str) -> String {
        let last = self.seconds.get(name).copied().unwrap_or_default();
        let last = Duration::try_from_secs_f64(last).unwrap_or_default();
        if last < SHORT {
            " …".to_owned()
        } else {
            format!(" … (last time {})", spoken(last))
        }
    }

    fn remember(&mut self, name: &str, took: Duration) {
        self.seconds.insert(name.to_owned(), took.as_secs_f64());
        if let (Some(dir), Ok(json)) = (self.file.parent(), serde_json::to_vec_pretty(&self.seconds)) {
            let _ = fs::create_dir_all(dir).and_then(|()| fs::write(&self.file, json));
        }
    }
}

fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_remembered_for_the_next_run() {
        let dir = tempfile::tempdir().unwrap();
        let mut progress = Progress::load(dir.path());
        assert_eq!(progress.forecast("bake"), " …");
        progress.remember("bake", Duration::from_millis(72_400));
        let progress = Progress::load(dir.path());
        assert_eq!(progress.forecast("bake"), " … (last time 1 min 12 s)");
    }

    #[test]
    fn a_failed_step_says_nothing_about_the_next_one() {
        let dir = tempfile::tempdir().unwrap();
        let mut progress = Progress::load(dir.path());
        assert!(progress.step("bake", || anyhow::bail!("burnt") as Result<()>).is_err());
        assert!(progress.seconds.is_empty());
    }
}
