accounts-sign-in-title = Sign in
accounts-sign-in = Sign in
accounts-login = Phone number or user name
accounts-login-hint = The phone number you registered with
accounts-password = Password
accounts-login-missing = Enter your phone number or user name
accounts-login-strange = This does not look like a phone number or user name
accounts-password-missing = Enter your password
accounts-sign-in-wrong = The phone number (user name) or the password is wrong
accounts-no-account = No account yet?
accounts-to-register = Register as an entrepreneur
accounts-forgotten = Forgotten your password? Ask your county's coordinator for a new one.
accounts-signed-in-already = You are signed in as { $name }.
accounts-go-on = Go on

accounts-own-tabs = My account
accounts-change-password = Change your password
accounts-choose-password = Choose a new password first
accounts-choose-password-why = You signed in with a password for one use. Choose one that only you know, then you can go on.
accounts-old-password = Present password
accounts-new-password = New password
accounts-new-password-hint = At least 8 characters. A few words together are long and easy to remember.
accounts-repeat-password = New password again
accounts-keep-password = Keep the new password
accounts-password-signs-out = Your other devices will be signed out; this one stays signed in.
accounts-password-changed = Your password is changed and your other devices are signed out
accounts-old-password-missing = Enter your present password
accounts-old-password-wrong = The present password is wrong
accounts-new-password-missing = Enter a new password
accounts-password-short = A password has at least { $min } characters
accounts-password-long = A password has at most { $max } characters
accounts-password-common = This password is among the first that others would guess. Choose another
accounts-password-personal = Do not use your phone number or name as a password
accounts-password-same = The new password is the same as the present one
accounts-password-differs = The two passwords differ

accounts-phone-missing = Enter a mobile number
accounts-phone-wrong = Enter a mobile number of 11 digits, such as 138 0000 0001
accounts-phone-taken = This phone number is registered already
accounts-text-long = At most { $max } characters
accounts-text-unprintable = There are invisible control characters in it. Type it again

accounts-devices = Devices
accounts-devices-lead = Your account is signed in on these devices. If you do not know one, sign it out and change your password.
accounts-device-this = This device
accounts-device-seen = Last used { $at }
accounts-device-since = signed in { $at }
accounts-device-end = Sign it out
accounts-device-end-sure = Sign out “{ $device }”?
accounts-device-ended = The device is signed out
accounts-end-others = Sign out all other devices
accounts-end-others-sure = Every device but this one will have to sign in again. Are you sure?
accounts-end-others-yes = Sign them out
accounts-devices-ended = { $n ->
    [one] One device is signed out
   *[other] { $n } devices are signed out
}

accounts-and = {", "}
accounts-role-city = City administrator
accounts-role-county = Coordinator of { $name }
accounts-role-teacher = Class teacher
accounts-role-firm = Firm contact
accounts-role-verifier = Verifier
accounts-role-none = Entrepreneur

accounts-browser-wecom = WeCom
accounts-browser-wechat = WeChat
accounts-browser-dingtalk = DingTalk
accounts-browser-alipay = Alipay
accounts-browser-qq = QQ
accounts-browser-huawei = Huawei Browser
accounts-browser-xiaomi = Mi Browser
accounts-browser-uc = UC Browser
accounts-browser-edge = Edge
accounts-browser-firefox = Firefox
accounts-browser-chrome = Chrome
accounts-browser-safari = Safari
accounts-browser-other = Another program
accounts-system-iphone = iPhone
accounts-system-ipad = iPad
accounts-system-harmony = HarmonyOS
accounts-system-android = Android
accounts-system-windows = Windows
accounts-system-mac = Mac
accounts-system-linux = Linux
accounts-system-other = unknown device
accounts-messages = Message settings
