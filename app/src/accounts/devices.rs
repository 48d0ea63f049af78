//! A browser's description of itself in words that its owner recognises: “微信 · iPhone”, “Chrome · Windows”.

crate::words! {
    /// The program that somebody signed in with.
    pub enum Browser {
        WeCom = "wecom",
        WeChat = "wechat",
        DingTalk = "dingtalk",
        Alipay = "alipay",
        Qq = "qq",
        Huawei = "huawei",
        Xiaomi = "xiaomi",
        Uc = "uc",
        Edge = "edge",
        Firefox = "firefox",
        Chrome = "chrome",
        Safari = "safari",
        Other = "other",
    }
}

crate::words! {
    /// The device that it runs on.
    pub enum System {
        IPhone = "iphone",
        IPad = "ipad",
        Harmony = "harmony",
        Android = "android",
        Windows = "windows",
        Mac = "mac",
        Linux = "linux",
        Other = "other",
    }
}

/// Signs in a `User-Agent`, the more special ones first: each of these programs also claims to be Chrome or Safari.
const BROWSERS: &[(&str, Browser)] = &[
    ("wxwork/", Browser::WeCom),
    ("MicroMessenger/", Browser::WeChat),
    ("DingTalk", Browser::DingTalk),
    ("AlipayClient", Browser::Alipay),
    ("MQQBrowser/", Browser::Qq),
    (" QQ/", Browser::Qq),
    ("HuaweiBrowser/", Browser::Huawei),
    ("MiuiBrowser/", Browser::Xiaomi),
    ("UCBrowser/", Browser::Uc),
    ("Edg", Browser::Edge),
    ("Firefox/", Browser::Firefox),
    ("FxiOS/", Browser::Firefox),
    ("Chrome/", Browser::Chrome),
    ("CriOS/", Browser::Chrome),
    ("Safari/", Browser::Safari),
];

const SYSTEMS: &[(&str, System)] = &[
    ("iPhone", System::IPhone),
    ("iPad", System::IPad),
    ("HarmonyOS", System::Harmony),
    ("OpenHarmony", System::Harmony),
    ("Android", System::Android),
    ("Windows", System::Windows),
    ("Macintosh", System::Mac),
    ("Linux", System::Linux),
    ("X11", System::Linux),
];

/// What a `User-Agent` says of program and device.
pub fn describe(user_agent: &str) -> (Browser, System) {
    let browser = BROWSERS
        .iter()
        .find(|(sign, _)| user_agent.contains(sign))
        .map_or(Browser::Other, |(_, browser)| *browser);
    let system = SYSTEMS
        .iter()
        .find(|(sign, _)| user_agent.contains(sign))
        .map_or(System::Other, |(_, system)| *system);
    (browser, system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_as_its_owner_would() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN",
                (Browser::WeChat, System::IPhone),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
                (Browser::Chrome, System::Windows),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0",
                (Browser::Edge, System::Windows),
            ),
            (
                "Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 HuaweiBrowser/15.0 Mobile Safari/537.36",
                (Browser::Huawei, System::Harmony),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                (Browser::Safari, System::Mac),
            ),
            ("", (Browser::Other, System::Other)),
        ] {
            assert_eq!(describe(agent), expected, "{agent}");
        }
    }
}
