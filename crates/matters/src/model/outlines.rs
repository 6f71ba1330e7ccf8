//! Outlines of districts (GeoJSON, RFC 7946), as an administrator finds them: read once, checked, and written anew
//! with nothing but code, name and geometry.

use std::collections::BTreeSet;

use codes::RegionCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longitude, latitude, perhaps more.
type Position = Vec<f64>;
type Ring = Vec<Position>;

/// The districts of a city.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "File")]
pub struct Outlines {
    /// `FeatureCollection`
    #[serde(rename = "type")]
    kind: CollectionKind,
    /// The districts.
    features: Vec<Outline>,
    #[serde(skip)]
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
enum CollectionKind {
    FeatureCollection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
enum FeatureKind {
    Feature,
}

/// A district.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Outline {
    /// `Feature`
    #[serde(rename = "type")]
    kind: FeatureKind,
    properties: OutlineOf,
    geometry: Geometry,
}

/// Which district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct OutlineOf {
    /// GB/T 2260 code as figures name it.
    #[schema(value_type = String)]
    code: RegionCode,
    name: String,
}

/// Its area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    /// Rings of positions, the outer one first.
    Polygon(Vec<Vec<Vec<f64>>>),
    /// Several of them.
    MultiPolygon(Vec<Vec<Vec<Vec<f64>>>>),
}

/// What is read: other members are left out.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: CollectionKind,
    features: Vec<FileFeature>,
}

#[derive(Deserialize)]
struct FileFeature {
    #[serde(rename = "type")]
    kind: FeatureKind,
    properties: FileProperties,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct FileProperties {
    /// Published files call it `adcode`, as a number.
    #[serde(alias = "adcode")]
    code: FileCode,
    name: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileCode {
    Text(String),
    Number(u64),
}

/// What is wrong with a file of outlines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum BadOutlines {
    #[error("没有任何区划")]
    Empty,
    #[error("区划“{name}”的代码有误：{why}")]
    Code { name: String, why: String },
    #[error("区划代码 {0} 重复")]
    Twice(RegionCode),
    #[error("区划“{0}”的边界不闭合，或者少于四个点")]
    Open(String),
    #[error("区划“{0}”有不是经纬度的坐标")]
    Position(String),
    #[error("无法写出：{0}")]
    Unwritten(String),
}

impl TryFrom<File> for Outlines {
    type Error = BadOutlines;

    fn try_from(file: File) -> Result<Self, BadOutlines> {
        let features = file
            .features
            .into_iter()
            .map(Outline::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let mut codes = BTreeSet::new();
        for feature in &features {
            let code = &feature.properties.code;
            if !codes.insert(code.clone()) {
                return Err(BadOutlines::Twice(code.clone()));
            }
        }
        if features.is_empty() {
            return Err(BadOutlines::Empty);
        }
        let mut outlines = Self {
            kind: file.kind,
            features,
            text: String::new(),
        };
        let text = serde_json::to_string(&outlines);
        outlines.text = text.map_err(|error| BadOutlines::Unwritten(error.to_string()))?;
        Ok(outlines)
    }
}

impl TryFrom<FileFeature> for Outline {
    type Error = BadOutlines;

    fn try_from(feature: FileFeature) -> Result<Self, BadOutlines> {
        let name = feature.properties.name;
        let code = match feature.properties.code {
            FileCode::Text(text) => text,
            FileCode::Number(number) => number.to_string(),
        };
        let code = code.parse::<RegionCode>().map_err(|error| BadOutlines::Code {
            name: name.clone(),
            why: error.message(),
        })?;
        let geometry = feature.geometry;
        if !geometry.rings().all(is_closed) {
            return Err(BadOutlines::Open(name));
        }
        if !geometry.rings().flatten().all(is_position) {
            return Err(BadOutlines::Position(name));
        }
        Ok(Self {
            kind: feature.kind,
            properties: OutlineOf { code, name },
            geometry,
        })
    }
}

impl Geometry {
    fn rings(&self) -> impl Iterator<Item = &Ring> {
        let (one, many) = match self {
            Self::Polygon(rings) => (Some(rings), None),
            Self::MultiPolygon(polygons) => (None, Some(polygons)),
        };
        one.into_iter().chain(many.into_iter().flatten()).flatten()
    }
}

/// RFC 7946, 3.1.6: at least four positions, the last one is the first.
fn is_closed(ring: &Ring) -> bool {
    ring.len() >= 4 && ring.first() == ring.last()
}

fn is_position(position: &Position) -> bool {
    matches!(position.as_slice(), [longitude, latitude, ..] if longitude.abs() <= 180.0 && latitude.abs() <= 90.0)
}

impl Outlines {
    /// As GeoJSON.
    pub fn geojson(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn file(properties: Value, ring: Value) -> Value {
        json!({ "type": "FeatureCollection", "name": "x", "features": [{ "type": "Feature", "properties": properties,
            "geometry": { "type": "MultiPolygon", "coordinates": [[ring]] } }] })
    }

    fn ring() -> Value {
        json!([[115.8, 28.6], [115.9, 28.6], [115.9, 28.7], [115.8, 28.6]])
    }

    fn check_refused(file: Value, word: &str) {
        let error = serde_json::from_value::<Outlines>(file).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }

    #[test]
    fn only_code_name_and_geometry_go_on() {
        let given = file(
            json!({ "adcode": 360102, "name": "东湖区", "level": "district" }),
            ring(),
        );
        let outlines: Outlines = serde_json::from_value(given).unwrap();
        let written: Value = serde_json::from_str(outlines.geojson()).unwrap();
        assert_eq!(
            written,
            file(json!({ "code": "360102", "name": "东湖区" }), ring()).without("name")
        );
    }

    trait Without {
        fn without(self, key: &str) -> Value;
    }
    impl Without for Value {
        fn without(mut self, key: &str) -> Value {
            self.as_object_mut().unwrap().remove(key);
            self
        }
    }

    #[test]
    fn faults_are_named() {
        let known = || json!({ "code": "360102", "name": "东湖区" });
        check_refused(json!({ "type": "FeatureCollection", "features": [] }), "没有任何");
        check_refused(file(json!({ "code": "36x", "name": "东湖区" }), ring()), "东湖区");
        check_refused(file(known(), json!([[0, 0], [1, 1], [0, 0]])), "不闭合");
        check_refused(file(known(), json!([[0, 0], [1, 0], [1, 1], [0, 1]])), "不闭合");
        check_refused(file(known(), json!([[200, 0], [1, 0], [1, 1], [200, 0]])), "坐标");
        let mut twice = file(known(), ring());
        let again = twice["features"][0].clone();
        twice["features"].as_array_mut().unwrap().push(again);
        check_refused(twice, "重复");
        check_refused(json!({ "type": "Feature" }), "unknown variant");
    }
}
