//! Nodes from the events of a YAML parser. Keys that stand twice are refused: whichever of them
//! counted, the other would be without effect.

use std::{collections::HashMap, rc::Rc};

use anyhow::{Result, anyhow, bail};
use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::{Node, Place, Value};

/// Reads the one document of a file.
pub(super) fn document(file: &str, text: &str) -> Result<Node> {
    let mut builder = Builder {
        file: file.into(),
        events: Parser::new_from_str(text),
        anchors: HashMap::new(),
    };
    loop {
        match builder.next()? {
            (Event::StreamStart | Event::DocumentStart(_), _) => {}
            (Event::StreamEnd, _) => bail!("{file}: no YAML document"),
            (event, line) => {
                let document = builder.node(event, line, "#".into())?;
                return match (builder.next()?, builder.next()?) {
                    ((Event::DocumentEnd, _), (Event::StreamEnd, _)) => Ok(document),
                    _ => bail!("{file}: more than one YAML document"),
                };
            }
        }
    }
}

struct Builder<'a> {
    file: Rc<str>,
    events: Parser<'a, StrInput<'a>>,
    /// What `&name` stands at, for `*name`.
    anchors: HashMap<usize, Node>,
}

impl<'a> Builder<'a> {
    /// The next event, and its line.
    fn next(&mut self) -> Result<(Event<'a>, usize)> {
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, span.start.line())),
            Some(Err(error)) => Err(anyhow!("{}: {error}", self.file)),
            None => Err(anyhow!("{}: it ends too early", self.file)),
        }
    }

    /// The node that begins with this event.
    fn node(&mut self, event: Event<'a>, line: usize, path: String) -> Result<Node> {
        let place = Place {
            file: self.file.clone(),
            line,
            path,
        };
        let (anchor, value) = match event {
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(node) => return Ok(node.clone()),
                None => bail!("{place}: an alias within its own anchor"),
            },
            Event::Scalar(text, style, anchor, None) => (anchor, scalar(&text, style)),
            Event::SequenceStart(anchor, None) => (anchor, Value::List(self.items(&place)?)),
            Event::MappingStart(anchor, None) => (anchor, Value::Map(self.entries(&place)?)),
            _ => bail!("{place}: YAML that is not understood, such as a tag"),
        };
        let node = Node { place, value };
        // Anchors are numbered from 1; 0 is none.
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn items(&mut self, place: &Place) -> Result<Vec<Node>> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, line) => {
                    let path = format!("{}/{}", place.path, items.len());
                    items.push(self.node(event, line, path)?);
                }
            }
        }
    }

    fn entries(&mut self, place: &Place) -> Result<Vec<(String, Node)>> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        loop {
            let (key, line) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(entries),
                (Event::Scalar(key, _, _, None), line) => (key.into_owned(), line),
                _ => bail!("{place}: a key that is no text"),
            };
            let path = format!("{}/{}", place.path, key.replace('/', "~1"));
            let place = Place {
                file: self.file.clone(),
                line,
                path,
            };
            if entries.iter().any(|(known, _)| *known == key) {
                bail!("{place}: `{key}` stands twice");
            }
            // A value is where its key is: the line that an editor should open.
            let (event, _) = self.next()?;
            let node = self.node(event, line, place.path)?;
            entries.push((key, node));
        }
    }
}

/// What a scalar means: the core schema of YAML 1.2, as far as the generator reads it.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" => Value::Other,
        "false" => Value::Boolean(false),
        "true" => Value::Boolean(true),
        _ => match (text.parse(), text.parse::<f64>()) {
            (Ok(number), _) => Value::Integer(number),
            (_, Ok(_)) => Value::Other,
            _ => Value::Text(text.to_owned()),
        },
    }
}
