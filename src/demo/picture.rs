//! Pictures: small landscapes in flat colours, each number its own, written as PNG by hand.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const WIDTH: u32 = 480;
const HEIGHT: u32 = 270;

/// Sky, sun and three ridges, far to near.
const PALETTES: [[[u8; 3]; 5]; 5] = [
    [[246, 214, 189], [232, 114, 76], [195, 163, 138], [153, 117, 119], [78, 73, 95]],
    [[214, 232, 240], [250, 218, 94], [140, 180, 190], [82, 130, 145], [36, 76, 92]],
    [[232, 226, 208], [196, 69, 54], [170, 178, 142], [118, 138, 100], [66, 84, 62]],
    [[40, 44, 78], [240, 236, 214], [70, 78, 122], [52, 56, 98], [24, 26, 54]],
    [[250, 236, 220], [236, 148, 160], [206, 176, 200], [150, 128, 170], [92, 82, 128]],
];

/// Picture `number` as a PNG file (RFC 2083): palette of five colours, 8 bits a pixel.
pub(super) fn png(number: usize) -> Vec<u8> {
    let palette = PALETTES[number % PALETTES.len()];
    let mut header = Vec::with_capacity(13);
    header.extend(WIDTH.to_be_bytes());
    header.extend(HEIGHT.to_be_bytes());
    header.extend([8, 3, 0, 0, 0]); // bit depth, indexed colour, deflate, adaptive filters, no interlace
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, b"IHDR", &header);
    chunk(&mut file, b"PLTE", palette.as_flattened());
    chunk(&mut file, b"IDAT", &deflated(&pixels(number)));
    chunk(&mut file, b"IEND", &[]);
    file
}

/// Rows of palette indexes, each behind its filter byte.
fn pixels(number: usize) -> Vec<u8> {
    let seed = f64::from(u32::try_from(number % 1000).unwrap_or(0));
    let ridge = |x: f64, level: f64| {
        let wave = (x / 61.0 + seed * 1.7 + level).sin() * 22.0 + (x / 23.0 + seed * 0.9 + level * 3.0).sin() * 9.0;
        115.0 + level * 48.0 - wave
    };
    let (sun_x, sun_y) = (90.0 + (seed * 71.0) % 300.0, 70.0);
    let mut rows = Vec::with_capacity((WIDTH as usize + 1) * HEIGHT as usize);
    for y in 0..HEIGHT {
        rows.push(0);
        for x in 0..WIDTH {
            let (x, y) = (f64::from(x), f64::from(y));
            let hit = (0..3u8).rev().find(|&level| y >= ridge(x, f64::from(level)));
            rows.push(match hit {
                Some(level) => level + 2,
                None if (x - sun_x).hypot(y - sun_y) < 30.0 => 1,
                None => 0,
            });
        }
    }
    rows
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    let mut sum = Crc::new();
    sum.update(name);
    sum.update(data);
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend(name);
    file.extend(data);
    file.extend(sum.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_png_reads_back_chunk_by_chunk() {
        let file = png(7);
        let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
        let mut names = Vec::new();
        let mut image = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            let (name, data) = (&rest[4..8], &rest[8..8 + length]);
            let mut sum = Crc::new();
            sum.update(&rest[4..8 + length]);
            assert_eq!(rest[8 + length..12 + length], sum.sum().to_be_bytes(), "{name:?}");
            names.push(String::from_utf8(name.to_vec()).unwrap());
            if name == b"IDAT" {
                flate2::read::ZlibDecoder::new(data).read_to_end(&mut image).unwrap();
            }
            rest = &rest[12 + length..];
        }
        assert_eq!(names, ["IHDR", "PLTE", "IDAT", "IEND"]);
        assert_eq!(image.len(), 481 * 270);
        assert!(image.chunks(481).all(|row| row[0] == 0 && row[1..].iter().all(|&index| index < 5)));
        for index in 0..5 {
            assert!(image.chunks(481).any(|row| row[1..].contains(&index)), "colour {index} is used");
        }
    }

    #[test]
    fn every_number_has_its_own_and_always_the_same() {
        assert_eq!(png(3), png(3));
        assert_ne!(png(3), png(8), "same palette, other landscape");
        assert!(png(3).len() < 20_000, "{}", png(3).len());
    }
}
