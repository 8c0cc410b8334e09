//! Parses one line into a record.

use super::fields::{Bad, Fields};
use super::header::scenario;
use super::record::{Expected, LastRead, Record, VectorAccess};
use crate::isa::{Access, Cause, Context, Privilege};
use crate::mmu::{Fence, Request};

/// Parses one line; `in_scenario` decides which records are allowed.
pub(super) fn parse(line: &str, in_scenario: bool) -> Result<Record, Bad> {
    let mut fields = Fields::new(line);
    let kind = fields.text("record", "a record letter")?;
    match (kind, in_scenario) {
        ("S", true) => return Err(Bad::new("record", "`E` before the next scenario", kind)),
        ("M" | "A" | "P" | "F" | "C" | "E", false) => {
            return Err(Bad::new("record", "`S`: no scenario has begun", kind));
        }
        _ => {}
    }
    let record = match kind {
        "S" => Record::Scenario(Box::new(scenario(&mut fields)?)),
        "M" => Record::Word { pa: fields.hex("addr")?, value: fields.hex("value")? },
        "A" => Record::Access(access(&mut fields)?),
        "P" => Record::Write { pa: fields.hex("addr")?, value: fields.hex("value")? },
        "F" => {
            let va = fields.hex_or_none("va")?;
            let asid = match fields.hex_or_none("asid")? {
                None => None,
                Some(asid) => Some(u16::try_from(asid).map_err(|_| {
                    Bad::new("asid", "an ASID of at most 16 bits", &format!("{asid:x}"))
                })?),
            };
            Record::Fence(Fence { va, asid })
        }
        "C" => Record::Satp(fields.hex("satp")?),
        "E" => Record::End,
        _ => return Err(Bad::new("record", "one of # S M A P F C E", kind)),
    };
    fields.end()?;
    Ok(record)
}

fn access(fields: &mut Fields<'_>) -> Result<VectorAccess, Bad> {
    const TYPE: &str = "L, S or F";
    let va = fields.hex("va")?;
    let access = match fields.text("type", TYPE)? {
        "L" => Access::Load,
        "S" => Access::Store,
        "F" => Access::Fetch,
        text => return Err(Bad::new("type", TYPE, text)),
    };
    const SIZE: &str = "1, 2, 4 or 8";
    let bytes = match fields.text("size", SIZE)? {
        "1" => 1,
        "2" => 2,
        "4" => 4,
        "8" => 8,
        text => return Err(Bad::new("size", SIZE, text)),
    };
    let prv = privilege(fields, "prv")?;
    let mprv = fields.bit("mprv")?;
    let mpp = privilege(fields, "mpp")?;
    let privilege = if mprv && access != Access::Fetch { mpp } else { prv };
    let context = Context { privilege, sum: fields.bit("sum")?, mxr: fields.bit("mxr")? };
    Ok(VectorAccess {
        request: Request { va, access, bytes, context },
        expected: expected(fields, access)?,
    })
}

fn privilege(fields: &mut Fields<'_>, field: &'static str) -> Result<Privilege, Bad> {
    const PRIVILEGE: &str = "0, 1 or 3";
    match fields.text(field, PRIVILEGE)? {
        "0" => Ok(Privilege::User),
        "1" => Ok(Privilege::Supervisor),
        "3" => Ok(Privilege::Machine),
        text => Err(Bad::new(field, PRIVILEGE, text)),
    }
}

fn expected(fields: &mut Fields<'_>, access: Access) -> Result<Expected, Bad> {
    const RESULT: &str = "`ok` or a cause that the access can have (12 13 15, 1 5 7)";
    const PA: &str = "an address exactly when the result is `ok`, else `-`";
    let text = fields.text("result", RESULT)?;
    let cause = match text {
        "ok" => None,
        code => Some(
            code.parse()
                .ok()
                .and_then(Cause::from_code)
                .filter(|cause| {
                    [Cause::page_fault(access), Cause::access_fault(access)].contains(cause)
                })
                .ok_or_else(|| Bad::new("result", RESULT, text))?,
        ),
    };
    let result = match (cause, fields.hex_or_none("pa")?) {
        (None, Some(pa)) => Ok(pa),
        (Some(cause), None) => Err(cause),
        (None, None) => return Err(Bad::new("pa", PA, "-")),
        (Some(_), Some(pa)) => return Err(Bad::new("pa", PA, &format!("{pa:x}"))),
    };
    const READS: &str = "a decimal number";
    let walk_pa = fields.hex_or_none("walkpa")?;
    if result.is_ok_and(|pa| walk_pa != Some(pa)) {
        let found = walk_pa.map_or("-".to_owned(), |pa| format!("{pa:x}"));
        return Err(Bad::new("walkpa", "the address in `pa`", &found));
    }
    let text = fields.text("reads", READS)?;
    let reads = text.parse().map_err(|_| Bad::new("reads", READS, text))?;
    let last = fields.hex_or_none("lastaddr")?;
    let value = fields.hex_or_none("lastvalue")?;
    let written = (fields.hex_or_none("waddr")?, fields.hex_or_none("wvalue")?);
    let update = match written {
        (None, None) => None,
        (Some(pa), Some(value)) => Some((pa, value)),
        _ => return Err(Bad::new("wvalue", "both of waddr and wvalue, or neither", "-")),
    };
    let last = last.map(|pa| LastRead { pa, value });
    Ok(Expected { result, walk_pa, reads, last, update })
}
