//! Base 58 with Bitcoin's letters, as multibase `z` writes keys and signatures.

const LETTERS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Characters that are read: far more than a signature has.
const CHARACTERS_MAX: usize = 128;

/// Writes bytes.
pub fn write(bytes: &[u8]) -> String {
    // Digits of the number that the bytes are, the lowest first.
    let mut digits: Vec<u8> = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = u8::try_from(carry % 58).unwrap_or(0);
            carry /= 58;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 58).unwrap_or(0));
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = digits
        .iter()
        .rev()
        .map(|digit| LETTERS[usize::from(*digit)]);
    std::iter::repeat_n(b'1', zeros)
        .chain(digits)
        .map(char::from)
        .collect()
}

/// Reads them; nothing if a character is none of the letters or there are too many.
pub fn read(text: &str) -> Option<Vec<u8>> {
    if text.len() > CHARACTERS_MAX {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    for letter in text.bytes() {
        let digit = LETTERS.iter().position(|known| *known == letter)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in &mut bytes {
            carry += u32::from(*byte) * 58;
            *byte = u8::try_from(carry & 0xff).ok()?;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(u8::try_from(carry & 0xff).ok()?);
            carry >>= 8;
        }
    }
    let zeros = text.bytes().take_while(|letter| *letter == b'1').count();
    bytes.extend(std::iter::repeat_n(0, zeros));
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_are_written_and_read() {
        // From draft-msporny-base58, section 5.
        for (plain, written) in [
            (&b"Hello World!"[..], "2NEpo7TZRRrLZSi2U"),
            (
                b"The quick brown fox jumps over the lazy dog.",
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            ),
            (b"\x00\x00\x28\x7f\xb4\xcd", "11233QC4"),
            (b"", ""),
        ] {
            assert_eq!(write(plain), written);
            assert_eq!(read(written).as_deref(), Some(plain));
        }
        for wrong in ["0", "O", "l", "é", &"1".repeat(129)] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
