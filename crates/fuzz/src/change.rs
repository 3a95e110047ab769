use std::ops::Range;

use crate::random::Random;

/// Longer cases cost time and find nothing new.
const LONGEST: usize = 64 * 1024;
/// Bytes that mean something to many parsers.
const SIGNS: &[u8] = b"\0\t\n\r \"'<>&/\\%#?:;.,@=+-*_`~|!(){}[]0179azAZ\x7f\x80\xbf\xc0\xe2\xf0\xfe\xff";

/// One of the examples, changed one to eight times.
pub(crate) fn change(random: &mut Random, examples: &[&[u8]], words: &[&str]) -> Vec<u8> {
    let mut case = pick(random, examples).map(<[u8]>::to_vec).unwrap_or_default();
    for _ in 0..=random.below(8) {
        once(random, &mut case, examples, words);
        case.truncate(LONGEST);
    }
    case
}

fn once(random: &mut Random, case: &mut Vec<u8>, examples: &[&[u8]], words: &[&str]) {
    let at = random.below(case.len() + 1);
    match random.below(9) {
        0 => {
            if let Some(byte) = case.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = case.get_mut(at) {
                *byte = random.byte();
            }
        }
        2 => case.insert(at, SIGNS[random.below(SIGNS.len())]),
        3 => {
            case.drain(piece(random, case.len()));
        }
        4 => {
            let again = case[piece(random, case.len())].to_vec();
            case.splice(at..at, again);
        }
        // Deep and long things.
        5 => {
            let length = 1 + random.below(8);
            let piece = at..(at + length).min(case.len());
            let often = 1 << random.below(11);
            let again = case[piece].repeat(often);
            case.splice(at..at, again);
        }
        6 => case.truncate(at),
        7 => {
            if let Some(other) = pick(random, examples) {
                case.truncate(at);
                case.extend_from_slice(&other[random.below(other.len())..]);
            }
        }
        _ => {
            if let Some(word) = pick(random, words) {
                case.splice(at..at, word.bytes());
            }
        }
    }
}

fn pick<'a, T: ?Sized>(random: &mut Random, from: &[&'a T]) -> Option<&'a T> {
    from.get(random.below(from.len())).copied()
}

/// A part of so many bytes.
fn piece(random: &mut Random, length: usize) -> Range<usize> {
    let start = random.below(length);
    start..(start + random.below(64)).min(length)
}
