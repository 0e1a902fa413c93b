import { create, createFileRegistry, type DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

/**
 * The messages of OTLP that hold traces and metrics, written down once more from opentelemetry-proto as descriptors, so that a general
 * library can read and write them: what the own reader is compared with.
 */

type Field = readonly [number: number, name: string, type: string, isRepeated?: boolean];

const MESSAGES: Readonly<Record<string, readonly Field[]>> = {
  ExportTraceServiceRequest: [[1, 'resource_spans', 'ResourceSpans', true]],
  ResourceSpans: [
    [1, 'resource', 'Resource'],
    [2, 'scope_spans', 'ScopeSpans', true],
    [3, 'schema_url', 'string'],
  ],
  ScopeSpans: [
    [1, 'scope', 'Scope'],
    [2, 'spans', 'Span', true],
    [3, 'schema_url', 'string'],
  ],
  Resource: [
    [1, 'attributes', 'KeyValue', true],
    [2, 'dropped_attributes_count', 'uint32'],
  ],
  Scope: [
    [1, 'name', 'string'],
    [2, 'version', 'string'],
    [3, 'attributes', 'KeyValue', true],
  ],
  Span: [
    [1, 'trace_id', 'bytes'],
    [2, 'span_id', 'bytes'],
    [3, 'trace_state', 'string'],
    [4, 'parent_span_id', 'bytes'],
    [5, 'name', 'string'],
    [6, 'kind', 'uint32'],
    [7, 'start_time_unix_nano', 'fixed64'],
    [8, 'end_time_unix_nano', 'fixed64'],
    [9, 'attributes', 'KeyValue', true],
    [10, 'dropped_attributes_count', 'uint32'],
    [11, 'events', 'Event', true],
    [13, 'links', 'Link', true],
    [15, 'status', 'Status'],
    [16, 'flags', 'fixed32'],
  ],
  Event: [
    [1, 'time_unix_nano', 'fixed64'],
    [2, 'name', 'string'],
    [3, 'attributes', 'KeyValue', true],
  ],
  Link: [
    [1, 'trace_id', 'bytes'],
    [2, 'span_id', 'bytes'],
  ],
  Status: [
    [2, 'message', 'string'],
    [3, 'code', 'uint32'],
  ],
  KeyValue: [
    [1, 'key', 'string'],
    [2, 'value', 'AnyValue'],
  ],
  AnyValue: [
    [1, 'string_value', 'string'],
    [2, 'bool_value', 'bool'],
    [3, 'int_value', 'int64'],
    [4, 'double_value', 'double'],
    [5, 'array_value', 'ArrayValue'],
    [6, 'kvlist_value', 'KeyValueList'],
    [7, 'bytes_value', 'bytes'],
  ],
  ArrayValue: [[1, 'values', 'AnyValue', true]],
  KeyValueList: [[1, 'values', 'KeyValue', true]],
  ExportTraceServiceResponse: [[1, 'partial_success', 'TracePartialSuccess']],
  TracePartialSuccess: [
    [1, 'rejected_spans', 'int64'],
    [2, 'error_message', 'string'],
  ],
  RpcStatus: [
    [1, 'code', 'int32'],
    [2, 'message', 'string'],
  ],
};

/** In a union: whichever of them is set is on the wire, even when it is zero or empty. */
const UNION_OF = 'AnyValue';

const TYPES: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  string: FieldDescriptorProto_Type.STRING,
  bytes: FieldDescriptorProto_Type.BYTES,
  bool: FieldDescriptorProto_Type.BOOL,
  int32: FieldDescriptorProto_Type.INT32,
  uint32: FieldDescriptorProto_Type.UINT32,
  int64: FieldDescriptorProto_Type.INT64,
  fixed32: FieldDescriptorProto_Type.FIXED32,
  fixed64: FieldDescriptorProto_Type.FIXED64,
  double: FieldDescriptorProto_Type.DOUBLE,
};

const file = create(FileDescriptorProtoSchema, {
  name: 'otlp.proto',
  package: 'otlp',
  syntax: 'proto3',
  messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
    name,
    field: fields.map(([number, fieldName, type, isRepeated = false]) => ({
      number,
      name: fieldName,
      jsonName: fieldName.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      label: isRepeated ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
      type: TYPES[type] ?? FieldDescriptorProto_Type.MESSAGE,
      ...(TYPES[type] === undefined && { typeName: `.otlp.${type}` }),
      ...(name === UNION_OF && { oneofIndex: 0 }),
    })),
    ...(name === UNION_OF && { oneofDecl: [{ name: 'value' }] }),
  })),
});

const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));

export function otlpMessage(name: keyof typeof MESSAGES & string): DescMessage {
  const found = registry.getMessage(`otlp.${name}`);
  if (!found) throw new Error(`no message ${name}`);
  return found;
}
