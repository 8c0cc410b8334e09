use super::*;

fn picture() -> Picture {
    let curve = |name: &str, points: &[(f64, f64)]| Curve {
        name: name.to_owned(),
        points: points.to_vec(),
    };
    Picture {
        title: "Page faults against frames".to_owned(),
        idea: "More frames, more faults: FIFO alone.".to_owned(),
        x: Axis { name: "frames".to_owned(), ..Axis::default() },
        y: Axis { name: "page faults".to_owned(), ..Axis::default() },
        categories: None,
        curves: vec![
            curve("fifo", &[(1.0, 12.0), (2.0, 12.0), (3.0, 9.0), (4.0, 10.0), (5.0, 5.0)]),
            curve("lru", &[(1.0, 12.0), (2.0, 12.0), (3.0, 10.0), (4.0, 8.0), (5.0, 5.0)]),
            curve("clock", &[(1.0, 12.0), (2.0, 12.0), (3.0, 9.0), (4.0, 10.0), (5.0, 5.0)]),
        ],
        remarks: vec![Remark {
            at: (4.0, 10.0),
            lines: vec!["Belady's anomaly".to_owned()],
            offset: (20, -30),
        }],
        ..Picture::default()
    }
}

#[test]
fn a_picture_names_everything_and_is_always_the_same() {
    let text = svg(&picture()).expect("it can be drawn");
    for word in ["Page faults against frames", "page faults", "frames", "fifo, clock", "lru"] {
        assert!(text.contains(word), "{word}");
    }
    assert!(text.contains("Belady"), "{text}");
    assert_eq!(svg(&picture()), Ok(text));
}

/// Width, height and bytes of a PNG.
fn decoded(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let decoder = ::png::Decoder::new(std::io::Cursor::new(bytes));
    let mut reader = decoder.read_info().expect("it is a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
    let info = reader.next_frame(&mut pixels).expect("it is whole");
    (info.width, info.height, pixels)
}

#[test]
fn a_png_has_ink_where_text_stands() {
    let bytes = png(&picture()).expect("it can be drawn");
    let (width, height, rgb) = decoded(&bytes);
    assert_eq!((width, height), (2 * SIZE.0, 2 * SIZE.1));
    // The strip of the title: text there is drawn with the embedded font, or not at all.
    let dark = (30..80)
        .flat_map(|y| (40..600).map(move |x| (x, y)))
        .filter(|(x, y)| rgb[3 * (y * width + x) as usize] < 100)
        .count();
    assert!(dark > 1000, "{dark}");
}

#[test]
fn nothing_is_not_drawn() {
    let empty = Picture { curves: Vec::new(), ..picture() };
    assert_eq!(svg(&empty), Err(DrawError::Empty));
    assert_eq!(png(&empty), Err(DrawError::Empty));
}

#[test]
fn names_are_moved_apart_and_stay_inside() {
    assert_eq!(labels::apart(&[10, 100], 20, (0, 200)), [10, 100]);
    let moved = labels::apart(&[100, 100, 101], 20, (0, 200));
    assert_eq!(moved, [80, 100, 120]);
    let moved = labels::apart(&[195, 199], 20, (0, 200));
    assert!(moved[1] <= 200 && moved[1] - moved[0] == 20, "{moved:?}");
    let moved = labels::apart(&[0, 1, 2], 20, (0, 200));
    assert!(moved[0] >= 0 && moved.windows(2).all(|pair| pair[1] - pair[0] >= 20), "{moved:?}");
}

#[test]
fn numbers_are_written_for_people() {
    assert_eq!(written(4096.0, &Unit::Bytes), "4 KiB");
    assert_eq!(written(0.5, &Unit::Percent), "0.5 %");
    assert_eq!(written(1234.0, &Unit::Count), "1234");
    assert_eq!(written(1_234_567.0, &Unit::Count), "1\u{2009}234\u{2009}567");
    assert_eq!(written(2.5, &Unit::Count), "2.5");
}

#[test]
fn ticks_are_round_and_cover_the_values() {
    let axis = Axis::default();
    let scale = axis.upwards(&[3.0, 17.0]);
    assert_eq!(scale.ticks, [0.0, 5.0, 10.0, 15.0]);
    assert_eq!(axis.upwards(&[19.0]).ticks, [0.0, 5.0, 10.0, 15.0, 20.0]);
    assert!(scale.from <= 0.0 && scale.to >= 17.0);
    let log = Axis { log: true, ..Axis::default() };
    assert_eq!(log.along(&[4.0, 8.0, 32.0]).ticks, [2.0, 3.0, 5.0]);
    assert_eq!(
        labels(&log.upwards(&[1.0, 1_000_213.0])),
        ["1", "10", "100", "1000", "10\u{2009}000", "100\u{2009}000", "1\u{2009}000\u{2009}000"]
    );
    let measured = log.along(&[1.25, 2.08, 125.1]);
    assert!(measured.ticks.iter().all(|tick| tick.fract() == 0.0), "{measured:?}");
    let flat = axis.upwards(&[0.0]);
    assert!(flat.to > flat.from);
}

/// What stands at the ticks of a scale.
fn labels(scale: &axis::Scale) -> Vec<String> {
    scale.ticks.iter().map(|tick| scale.tick(*tick, &Unit::Count)).collect()
}

#[test]
fn a_logarithmic_axis_reaches_below_the_smallest_value() {
    let log = Axis { log: true, ..Axis::default() };
    let scale = log.upwards(&[0.59, 1.2, 2.95, 16.0]);
    assert_eq!(labels(&scale), ["0.5", "1", "2", "5", "10", "20"]);
    // Every value has a place of its own, in order.
    let places = [0.59, 0.7, 1.0, 1.2, 16.0].map(|value| scale.place(value));
    assert!(places.is_sorted_by(|a, b| a < b) && scale.from < places[0], "{places:?}");
    assert_eq!(labels(&log.upwards(&[0.000_02, 3.0]))[0], "0.00001");
    assert_eq!(labels(&log.upwards(&[3.0]))[..2], ["2", "5"]);
    let across = log.along(&[0.25, 0.5, 4.0]);
    let places = [0.25, 0.5, 1.0].map(|value| across.place(value));
    assert!(places.is_sorted_by(|a, b| a < b) && across.from < places[0], "{places:?}");
}

#[test]
fn zero_is_beyond_a_break_of_a_logarithmic_axis() {
    let log = Axis { name: "misses".to_owned(), log: true, ..Axis::default() };
    let scale = log.upwards(&[0.0, 3.0, 40.0]);
    assert_eq!(labels(&scale), ["0", "2", "5", "10", "20", "50"]);
    assert!(scale.place(0.0) < scale.place(2.0) && scale.place(0.0) == scale.from);
    let across = log.along(&[0.0, 16.0, 32.0, 64.0]);
    assert_eq!(labels(&across), ["0", "16", "32", "64"]);
    assert!(across.place(0.0) < across.place(16.0) && across.place(0.0) > across.from);
    // With values below zero there are no logarithms.
    let scale = log.upwards(&[-2.0, 3.0]);
    assert!(!scale.log && scale.place(-2.0) < scale.place(0.0));
    let mut picture = picture();
    (picture.y, picture.x) = (log.clone(), log);
    let drawn = |picture: &Picture| svg(picture).expect("it can be drawn");
    assert!(!drawn(&picture).contains("break"));
    for curve in &mut picture.curves {
        curve.points.push((0.0, 0.0));
    }
    let text = drawn(&picture);
    assert!(text.contains("misses (logarithmic; 0 is below the break)"), "{text}");
    assert!(text.contains("misses (logarithmic; 0 is left of the break)"), "{text}");
}

#[test]
fn values_that_are_not_zero_are_not_written_as_zero() {
    assert_eq!(written(0.000_012_34, &Unit::Count), "0.00001234");
    assert_eq!(written(0.000_5, &Unit::Count), "0.0005");
    assert_eq!(written(0.0, &Unit::Count), "0");
}

#[test]
fn every_curve_looks_different_and_levels_have_names() {
    let looks: Vec<_> = (0..14).map(|n| picture().look(n)).collect();
    for (at, look) in looks.iter().enumerate() {
        let same = |other: &Look| {
            (palette::colour(other.colour), other.dashed)
                == (palette::colour(look.colour), look.dashed)
        };
        assert!(!looks[..at].iter().any(same), "{at}");
    }
    let mut picture = picture();
    let lines = |text: &str| text.matches("<polyline").count();
    let before = lines(&svg(&picture).expect("it can be drawn"));
    picture.levels = vec![Level { at: 7.0, name: "goal: 7".to_owned() }];
    picture.looks = vec![Look { colour: 3, dashed: true }];
    let text = svg(&picture).expect("it can be drawn");
    assert!(text.contains("goal: 7") && lines(&text) > before + 20, "{text}");
}

#[test]
fn bars_stand_in_groups() {
    let mut bars = picture();
    bars.categories = Some(["Sv32", "Sv39", "Sv48", "Sv57", "bare"].map(String::from).to_vec());
    for curve in &mut bars.curves {
        curve.points.iter_mut().for_each(|point| point.0 -= 1.0);
    }
    let text = svg(&bars).expect("it can be drawn");
    assert!(text.contains("Sv48") && text.matches("<rect").count() >= 15, "{text}");
}

#[test]
fn rows_have_room_for_long_names_and_show_every_sum() {
    let names: Vec<String> =
        (0..15).map(|n| format!("rv64_linux+l2=512+walk_cache={n}+walkers=2 and more")).collect();
    let panel = |name: &str, factor: f64| Panel {
        name: name.to_owned(),
        parts: vec!["one part".to_owned(), "another".to_owned()],
        bars: (0..15).map(|n| vec![1.0, f64::from(n) * factor]).collect(),
    };
    let rows = Rows {
        title: "Organisations".to_owned(),
        idea: "Long names".to_owned(),
        names: names.clone(),
        panels: vec![panel("time", 0.25), panel("misses", 10.0)],
    };
    let text = svg(&rows).expect("it can be drawn");
    for word in names.iter().map(String::as_str).chain(["time", "another", "4.50", "141.00"]) {
        assert!(text.contains(word), "{word}");
    }
    let (width, height, _) = decoded(&png(&rows).expect("it can be drawn"));
    assert_eq!((width, height), (2 * rows.size().0, 2 * rows.size().1));
    assert!(rows.size().1 > 15 * 20, "{:?}", rows.size());
    let empty = Rows { names: Vec::new(), ..rows };
    assert_eq!(svg(&empty), Err(DrawError::Empty));
}
