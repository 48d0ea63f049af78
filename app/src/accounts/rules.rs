//! Pure rules about people: roles, phone numbers, passwords.

crate::words! {
    /// A role that is granted; being an entrepreneur needs no grant. Source: brief.md, *People*.
    pub enum Role {
        /// 市级管理员: everything in the city.
        City = "city",
        /// 县区管理员: one county's school, classes, people and firms.
        County = "county",
        /// 班主任/教师: the classes that name the person as staff.
        Teacher = "teacher",
        /// 企业联络员: one firm.
        Firm = "firm",
        /// 核定专家: the firms assigned to them.
        Verifier = "verifier",
    }
}

/// The shortest password taken (NIST SP 800-63B: 8; we ask for 8 and refuse the commonest).
pub const SHORTEST_PASSWORD: usize = 8;
/// The longest password taken, so that hashing stays cheap to bound.
pub const LONGEST_PASSWORD: usize = 128;

/// A mainland mobile number as 11 digits: spaces, hyphens, full-width digits and `+86` are forgiven.
pub fn mobile_number(typed: &str) -> Option<String> {
    let digits: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－' | '(' | ')' | '（' | '）'))
        .map(half_width)
        .collect();
    let digits = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")).unwrap_or(&digits);
    let valid = digits.len() == 11 && digits.bytes().all(|b| b.is_ascii_digit()) && digits.starts_with('1') && digits.as_bytes()[1] >= b'3';
    valid.then(|| digits.to_owned())
}

/// A telephone number of an office or a person as shown: digits and hyphens, 7 to 13 digits.
pub fn contact_number(typed: &str) -> Option<String> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).map(half_width).collect();
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let valid = (7..=13).contains(&digits)
        && typed.chars().all(|c| c.is_ascii_digit() || c == '-')
        && !typed.starts_with('-')
        && !typed.ends_with('-')
        && !typed.contains("--");
    valid.then_some(typed)
}

/// A full-width letter, digit or plus as its ASCII twin; anything else unchanged.
pub fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// The longest name of a person.
pub const LONGEST_NAME: usize = 40;
/// The longest e-mail address.
pub const LONGEST_EMAIL: usize = 100;
/// The longest position.
pub const LONGEST_POSITION: usize = 60;

/// What a line of text is refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFault {
    Missing,
    TooLong,
    /// Control characters: no keyboard types them, and `PostgreSQL` takes no NUL.
    Unprintable,
}

/// One line as it is kept: full-width spaces and runs of spaces become one space, the ends are trimmed.
pub fn line(typed: &str, longest: usize) -> Result<String, TextFault> {
    let text = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(TextFault::Missing);
    }
    if text.chars().any(char::is_control) {
        return Err(TextFault::Unprintable);
    }
    if text.chars().count() > longest {
        return Err(TextFault::TooLong);
    }
    Ok(text)
}

/// Several lines as they are kept: line ends are made one kind, the ends are trimmed.
pub fn paragraphs(typed: &str, longest: usize) -> Result<String, TextFault> {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() {
        return Err(TextFault::Missing);
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(TextFault::Unprintable);
    }
    if text.chars().count() > longest {
        return Err(TextFault::TooLong);
    }
    Ok(text)
}

/// An e-mail address as far as it can be judged by looking at it: something, one `@`, a domain with a dot.
pub fn email_address(typed: &str) -> Option<String> {
    let typed: String = typed.trim().chars().map(half_width).collect();
    let (local, domain) = typed.split_once('@')?;
    let is_plain = typed.chars().count() <= LONGEST_EMAIL && typed.chars().all(|c| !c.is_whitespace() && !c.is_control());
    let has_dot = domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty());
    (is_plain && !local.is_empty() && !domain.contains('@') && has_dot).then_some(typed)
}

/// What is searched for: printable, short, with no fault to complain about.
pub fn search_words(typed: &str) -> String {
    let printable: String = typed.chars().filter(|c| !c.is_control()).map(half_width).take(60).collect();
    printable.trim().to_lowercase()
}

/// `words` as a pattern of `LIKE … ESCAPE '!'` that finds them anywhere.
pub fn like_anywhere(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Family names that are read otherwise than the character alone. Source: 现代汉语词典, 姓氏读音.
const FAMILY_NAMES: &[(char, char)] = &[
    ('单', 's'),
    ('解', 'x'),
    ('仇', 'q'),
    ('区', 'o'),
    ('查', 'z'),
    ('翟', 'z'),
    ('曾', 'z'),
    ('盖', 'g'),
    ('朴', 'p'),
    ('种', 'c'),
    ('缪', 'm'),
    ('尉', 'y'),
    ('折', 's'),
    ('召', 's'),
    ('乐', 'y'),
    ('覃', 'q'),
    ('谌', 'c'),
    ('洗', 'x'),
];

/// The first letters of a Chinese name as they are typed to find it: 王小明 → `wxm`.
/// Latin letters and digits stand for themselves.
pub fn initials(name: &str) -> String {
    use pinyin::ToPinyin;
    let mut letters = String::new();
    for (place, c) in name.chars().map(half_width).enumerate() {
        let family = FAMILY_NAMES
            .iter()
            .find(|(family, _)| place == 0 && *family == c)
            .map(|(_, letter)| *letter);
        if let Some(letter) = family {
            letters.push(letter);
        } else if c.is_ascii_alphanumeric() {
            letters.push(c.to_ascii_lowercase());
        } else if let Some(sound) = c.to_pinyin() {
            letters.push_str(sound.first_letter());
        }
    }
    letters
}

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    TooShort,
    TooLong,
    /// Among the first that anybody tries.
    Common,
    /// It is the phone number or the name.
    Personal,
}

/// The commonest passwords of eight characters and more; guessing begins with these.
const COMMON_PASSWORDS: &[&str] = &[
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "11111111",
    "00000000",
    "88888888",
    "66666666",
    "99999999",
    "12341234",
    "11223344",
    "password",
    "password1",
    "qwertyui",
    "qwertyuiop",
    "1qaz2wsx",
    "q1w2e3r4",
    "asdfghjkl",
    "a1234567",
    "a12345678",
    "aa123456",
    "abc12345",
    "abcd1234",
    "woaini520",
    "woaini1314",
    "5201314520",
    "147258369",
    "789456123",
];

/// Judges a new password by length and by what is guessed first, not by kinds of characters (NIST SP 800-63B, 5.1.1.2).
pub fn new_password(password: &str, own_words: &[&str]) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(PasswordFault::TooShort);
    }
    if length > LONGEST_PASSWORD {
        return Err(PasswordFault::TooLong);
    }
    let lower = password.to_lowercase();
    if COMMON_PASSWORDS.contains(&lower.as_str()) {
        return Err(PasswordFault::Common);
    }
    if own_words.iter().any(|word| !word.is_empty() && word.to_lowercase() == lower) {
        return Err(PasswordFault::Personal);
    }
    Ok(())
}

/// Letters and digits that nobody mistakes for another when they are read out or written down.
const READABLE: &[u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";

/// A password for one use, such as `k7rm-4tqa-9wvx`: twelve of thirty letters, 58 bits.
pub fn one_time_password(random: [u8; 24]) -> String {
    let mut text = String::with_capacity(14);
    for (place, pair) in random.chunks(2).enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        let number = usize::from(pair[0]) * 256 + usize::from(pair[1]);
        text.push(char::from(READABLE[number % READABLE.len()]));
    }
    text
}

/// A place on this site to go on to. Another site's address never is one, in any of the spellings that browsers forgive.
pub fn local_path(next: &str) -> Option<&str> {
    let printable = next.len() <= 2000 && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let local = next.starts_with('/') && !next.starts_with("//");
    (printable && local).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phone_numbers_are_forgiven_their_dress() {
        for typed in [
            "13800000001",
            "138 0000 0001",
            "138-0000-0001",
            "+86 13800000001",
            "１３８００００００００１",
        ] {
            let expected = if typed.starts_with('１') {
                None
            } else {
                Some("13800000001".to_owned())
            };
            assert_eq!(mobile_number(typed), expected, "{typed}");
        }
        assert_eq!(mobile_number("１３８０００００００１"), Some("13800000001".to_owned()));
    }

    #[test]
    fn what_is_no_mobile_number_is_refused() {
        for typed in ["", "1380000000", "138000000012", "02812345678", "12000000000", "abcdefghijk", "😀"] {
            assert_eq!(mobile_number(typed), None, "{typed}");
        }
    }

    #[test]
    fn contact_numbers_of_offices_and_people() {
        assert_eq!(contact_number("0379 - 6591 2345"), Some("0379-65912345".to_owned()));
        assert_eq!(contact_number("１３８００００００００"), Some("13800000000".to_owned()));
        for typed in ["", "12345", "0379--65912345", "-6591234", "phone", "12345678901234", "😀6591234"] {
            assert_eq!(contact_number(typed), None, "{typed}");
        }
    }

    #[test]
    fn paragraphs_keep_their_lines() {
        assert_eq!(paragraphs(" 一\r\n二\n", 40), Ok("一\n二".to_owned()));
        assert_eq!(paragraphs(" \n ", 40), Err(TextFault::Missing));
        assert_eq!(paragraphs("a\0b", 40), Err(TextFault::Unprintable));
        assert_eq!(paragraphs(&"长".repeat(41), 40), Err(TextFault::TooLong));
    }

    #[test]
    fn email_addresses_are_told_from_other_words() {
        assert_eq!(email_address(" li@example.com "), Some("li@example.com".to_owned()));
        assert_eq!(email_address("李＠例子.公司"), Some("李@例子.公司".to_owned()));
        for typed in [
            "",
            "li",
            "li@",
            "@example.com",
            "li@example",
            "li@.com",
            "a@b@c.cn",
            "l i@example.com",
            "l\0i@example.com",
        ] {
            assert_eq!(email_address(typed), None, "{typed}");
        }
        assert_eq!(email_address(&format!("{}@example.com", "长".repeat(100))), None);
    }

    #[test]
    fn a_line_is_tidied_or_refused() {
        assert_eq!(line("  王　小明 ", 40), Ok("王 小明".to_owned()));
        assert_eq!(line("　", 40), Err(TextFault::Missing));
        assert_eq!(line("a\0b", 40), Err(TextFault::Unprintable));
        assert_eq!(line(&"长".repeat(41), 40), Err(TextFault::TooLong));
        assert_eq!(line("<script>", 40), Ok("<script>".to_owned()));
        assert_eq!(line("😀", 40), Ok("😀".to_owned()));
    }

    #[test]
    fn names_have_the_initials_that_are_typed_for_them() {
        for (name, letters) in [
            ("王小明", "wxm"),
            ("曾国华", "zgh"),
            ("解海龙", "xhl"),
            ("单雄信", "sxx"),
            ("Ａnna 李", "annal"),
            ("😀", ""),
            ("洛阳牡丹瓷业3厂", "lymdcy3c"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn passwords_that_are_guessed_first_are_refused() {
        assert_eq!(new_password("1234567", &[]), Err(PasswordFault::TooShort));
        assert_eq!(new_password(&"a".repeat(129), &[]), Err(PasswordFault::TooLong));
        assert_eq!(new_password("PassWord", &[]), Err(PasswordFault::Common));
        assert_eq!(new_password("13800000001", &["13800000001"]), Err(PasswordFault::Personal));
        assert_eq!(new_password("洛阳牡丹甲天下好", &[]), Ok(()));
    }

    #[test]
    fn one_time_passwords_are_easy_to_read_out() {
        let made = one_time_password(std::array::from_fn(|n| u8::try_from(n * 9).unwrap()));
        assert_eq!(made.len(), 14);
        assert!(made.split('-').all(|part| part.len() == 4), "{made}");
        assert_eq!(new_password(&made, &[]), Ok(()));
    }

    #[test]
    fn only_places_on_this_site_are_gone_on_to() {
        for good in ["/", "/me", "/classes/1?tab=2", "/q/abc"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "me",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x",
            "/洛阳",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_pattern_takes_its_own_signs_literally() {
        assert_eq!(like_anywhere("50%_!"), "%50!%!_!!%");
        assert_eq!(search_words(" Ａb\0 "), "ab");
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(typed in "\\PC*") {
            if let Some(number) = mobile_number(&typed) {
                prop_assert_eq!(mobile_number(&number), Some(number.clone()));
            }
            if let Some(number) = contact_number(&typed) {
                prop_assert_eq!(contact_number(&number), Some(number.clone()));
            }
        }
    }
}
