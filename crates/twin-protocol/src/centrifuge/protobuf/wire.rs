//! Protobuf's wire format: numbers of seven bits a byte, fields with their numbers, lengths.

/// Bytes that are no message. What they are is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::centrifuge) struct Malformed(pub(in crate::centrifuge) &'static str);

/// What stands in a field, as far as the wire tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::centrifuge) enum Value<'a> {
    /// A text, bytes or a message.
    Bytes(&'a [u8]),
    /// Four or eight bytes, of which nothing here makes use.
    Fixed,
    Number(u64),
}

/// The fields of a message, in their order. After the first that cannot be read nothing more comes.
pub(in crate::centrifuge) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(in crate::centrifuge) const fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn read(&mut self) -> Result<(u64, Value<'a>), Malformed> {
        let key = take_number(&mut self.rest)?;
        let value = match key & 7 {
            0 => Value::Number(take_number(&mut self.rest)?),
            1 => self.skip(8)?,
            2 => Value::Bytes(take_bytes(&mut self.rest)?),
            5 => self.skip(4)?,
            _ => return Err(Malformed("a field of a kind that does not exist")),
        };
        match key >> 3 {
            0 => Err(Malformed("a field of number 0")),
            number => Ok((number, value)),
        }
    }

    fn skip(&mut self, length: usize) -> Result<Value<'a>, Malformed> {
        let rest = self.rest.get(length..);
        self.rest = rest.ok_or(Malformed("a message that ends too early"))?;
        Ok(Value::Fixed)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.rest = &[];
        }
        Some(read)
    }
}

/// Cuts a number off.
pub(in crate::centrifuge) fn take_number(rest: &mut &[u8]) -> Result<u64, Malformed> {
    let mut number = 0_u64;
    for (index, byte) in rest.iter().copied().enumerate().take(10) {
        if index == 9 && byte > 1 {
            return Err(Malformed("a number of more than 64 bits"));
        }
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            *rest = &rest[index + 1..];
            return Ok(number);
        }
    }
    Err(Malformed("a number that does not end"))
}

/// Cuts off bytes before which their length stands.
pub(in crate::centrifuge) fn take_bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let length = take_number(rest)?;
    let parts = usize::try_from(length)
        .ok()
        .and_then(|length| rest.split_at_checked(length));
    let (bytes, after) = parts.ok_or(Malformed("a length beyond the end"))?;
    *rest = after;
    Ok(bytes)
}

/// The key and the value of an entry of a map.
pub(super) fn entry(bytes: &[u8]) -> Result<(&str, &[u8]), Malformed> {
    let (mut key, mut value): (&str, &[u8]) = ("", &[]);
    for field in Fields::new(bytes) {
        match field? {
            (1, Value::Bytes(bytes)) => key = text(bytes)?,
            (2, Value::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    Ok((key, value))
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| Malformed("a text that is not UTF-8"))
}

pub(super) fn u32(number: u64) -> Result<u32, Malformed> {
    number
        .try_into()
        .map_err(|_| Malformed("a number of more than 32 bits"))
}

pub(super) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A field that is zero, or empty, is not written.
pub(super) fn put_number(out: &mut Vec<u8>, field: u32, number: u64) {
    if number != 0 {
        put_varint(out, u64::from(field) << 3);
        put_varint(out, number);
    }
}

pub(super) fn put_bytes(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    if !bytes.is_empty() {
        put_length_delimited(out, field, bytes);
    }
}

/// A message is written also where it is empty: that it is there may be all that it says.
pub(super) fn put_message(out: &mut Vec<u8>, field: u32, encode: impl FnOnce(&mut Vec<u8>)) {
    let mut message = Vec::new();
    encode(&mut message);
    put_length_delimited(out, field, &message);
}

pub(super) fn put_entry(
    out: &mut Vec<u8>,
    field: u32,
    key: &str,
    encode: impl FnOnce(&mut Vec<u8>),
) {
    put_message(out, field, |out| {
        put_bytes(out, 1, key.as_bytes());
        put_message(out, 2, encode);
    });
}

fn put_length_delimited(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    put_varint(out, (u64::from(field) << 3) | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, number);
            bytes.push(7);
            let mut rest = &*bytes;
            assert_eq!(take_number(&mut rest), Ok(number));
            assert_eq!(rest, [7]);
            for end in 0..bytes.len() - 1 {
                assert!(take_number(&mut &bytes[..end]).is_err());
            }
        }
        let too_much = Malformed("a number of more than 64 bits");
        let bits = [&[0xff; 9][..], &[2]].concat();
        assert_eq!(take_number(&mut &*bits), Err(too_much));
        assert!(take_number(&mut &[0x80; 11][..]).is_err());
    }

    #[test]
    fn fields_that_are_not_known_are_skipped_and_broken_ones_end_it() {
        let bytes = [
            0x08, 0x96, 0x01, // 1: 150
            0x11, 1, 2, 3, 4, 5, 6, 7, 8, // 2: eight bytes
            0x1d, 1, 2, 3, 4, // 3: four bytes
            0x22, 2, b'h', b'i', // 4: two bytes
        ];
        let read: Vec<_> = Fields::new(&bytes).map(Result::unwrap).collect();
        let expected = [
            (1, Value::Number(150)),
            (2, Value::Fixed),
            (3, Value::Fixed),
            (4, Value::Bytes(b"hi")),
        ];
        assert_eq!(read, expected);
        for broken in [
            &[0x22, 3, b'h'][..],
            &[0x11, 1],
            &[0x1d],
            &[0x08],
            &[0x0b],
            &[0x0b, 0x08, 1],
            &[0x00, 0x01],
            &[0x22, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        ] {
            let last = Fields::new(broken).last();
            assert!(matches!(last, Some(Err(_))), "{broken:?}");
            assert_eq!(Fields::new(broken).count(), 1);
        }
    }
}
