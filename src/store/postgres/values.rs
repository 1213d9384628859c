//! Values on their way to PostgreSQL and back.

use std::borrow::Cow;
use std::error::Error;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::super::tx::Val;

type Failure = Box<dyn Error + Sync + Send>;

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            // What was null when the statement was prepared has the type that PostgreSQL took it for.
            Self::Int(value) => match *ty {
                Type::INT8 => value.to_sql(ty, out),
                Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*value)?.to_sql(ty, out),
                _ => Err(unfit(ty)),
            },
            Self::Real(value) => match *ty {
                Type::FLOAT8 => value.to_sql(ty, out),
                _ => Err(unfit(ty)),
            },
            Self::Text(value) if <&str as ToSql>::accepts(ty) => {
                without_nul(value).as_ref().to_sql(ty, out)
            }
            Self::Text(_) => Err(unfit(ty)),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// PostgreSQL takes no U+0000 in text.
fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

impl<'a> FromSql<'a> for Val {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Self::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|value| Self::Int(value.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|value| Self::Int(value.into())),
            Type::BOOL => bool::from_sql(ty, raw).map(|value| Self::Int(value.into())),
            Type::FLOAT8 => f64::from_sql(ty, raw).map(Self::Real),
            // What a function answers that answers nothing.
            Type::VOID => Ok(Self::Null),
            _ if <String as FromSql>::accepts(ty) => String::from_sql(ty, raw).map(Self::Text),
            _ => Err(unfit(ty)),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn unfit(ty: &Type) -> Failure {
    format!("{ty} is not a type of the store").into()
}
