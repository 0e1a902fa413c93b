import type { AttributeValue, Wanted } from './telemetry.ts';
import { FIXED64, LENGTH_DELIMITED, VARINT, type WireReader } from './wire-reader.ts';

/** Reads one KeyValue into the map, when its key is wanted. The value is looked at only then. */
export function readAttribute(reader: WireReader, into: Map<string, AttributeValue>, isWanted: Wanted): void {
  reader.expect(LENGTH_DELIMITED);
  const outerEnd = reader.enter();
  let key: string | undefined;
  let value: AttributeValue | undefined;
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === LENGTH_DELIMITED) key = reader.string();
    else if (reader.field === 2 && reader.wireType === LENGTH_DELIMITED) {
      // Writers put the key first, as the numbers of the fields have it; a value that came before is read for any key.
      if (key !== undefined && !isWanted(key)) reader.skip();
      else value = readAnyValue(reader);
    } else reader.skip();
  }
  reader.leave(outerEnd);
  if (key !== undefined && value !== undefined && isWanted(key)) into.set(key, value);
}

/** `undefined` for bytes, nested maps and empty values: no attribute that is looked at holds one. */
function readAnyValue(reader: WireReader): AttributeValue | undefined {
  const outerEnd = reader.enter();
  let value: AttributeValue | undefined;
  while (reader.next()) {
    const { field, wireType } = reader;
    if (field === 1 && wireType === LENGTH_DELIMITED) value = reader.string();
    else if (field === 2 && wireType === VARINT) value = reader.uint32() !== 0;
    else if (field === 3 && wireType === VARINT) value = reader.int64();
    else if (field === 4 && wireType === FIXED64) value = reader.double();
    else if (field === 5 && wireType === LENGTH_DELIMITED) value = readArray(reader);
    else reader.skip();
  }
  reader.leave(outerEnd);
  return value;
}

function readArray(reader: WireReader): AttributeValue[] {
  const outerEnd = reader.enter();
  const values: AttributeValue[] = [];
  while (reader.next()) {
    if (reader.field !== 1 || reader.wireType !== LENGTH_DELIMITED) {
      reader.skip();
      continue;
    }
    const value = readAnyValue(reader);
    if (value !== undefined) values.push(value);
  }
  reader.leave(outerEnd);
  return values;
}

/** The attributes of a Resource message. */
export function readResource(reader: WireReader, isWanted: Wanted): Map<string, AttributeValue> {
  const resource = new Map<string, AttributeValue>();
  const outerEnd = reader.enter();
  while (reader.next()) {
    if (reader.field === 1) readAttribute(reader, resource, isWanted);
    else reader.skip();
  }
  reader.leave(outerEnd);
  return resource;
}
