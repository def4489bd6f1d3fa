import protobuf from 'protobufjs'

/**
 * The messages BuildKit's session and trace are made of, with the field numbers of moby/buildkit (session/auth, api/services/control),
 * tonistiigi/fsutil (types) and grpc health v1. Only the fields we read or write are declared; protobuf skips the others.
 */
const {root} = protobuf.parse(
  `syntax = "proto3";
  message HealthCheckRequest { string service = 1; }
  message HealthCheckResponse { int32 status = 1; }

  message CredentialsRequest { string Host = 1; }
  message CredentialsResponse { string Username = 1; string Secret = 2; }

  message Stat {
    string path = 1; uint32 mode = 2; uint32 uid = 3; uint32 gid = 4; int64 size = 5; int64 modTime = 6; string linkname = 7;
    int64 devmajor = 8; int64 devminor = 9;
  }
  message Packet { int32 type = 1; Stat stat = 2; uint32 ID = 3; bytes data = 4; }

  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message Vertex { string digest = 1; string name = 3; bool cached = 4; Timestamp started = 5; Timestamp completed = 6; string error = 7; }
  message VertexLog { string vertex = 1; int64 stream = 3; bytes msg = 4; }
  message StatusResponse { repeated Vertex vertexes = 1; repeated VertexLog logs = 3; }`,
  {keepCase: true},
)

/** Bytes to values and back, for one message. 64-bit integers are written from decimal strings (`int64`). */
export type Codec<T> = {encode(value: T): Buffer; decode(bytes: Uint8Array): T}

function codec<T extends object>(name: string): Codec<T> {
  const type = root.lookupType(name)
  return {
    encode: (value) => Buffer.from(type.encode(type.create(value as {[k: string]: unknown})).finish()),
    // An absent field reads as its default from the prototype, as proto3 has it.
    decode: (bytes) => type.decode(bytes) as unknown as T,
  }
}

/** A 64-bit field as protobufjs takes it without loss: it reads decimal strings through Long. */
export const int64 = (value: bigint): string => value.toString()

/** One entry of a file tree; `mode` holds Go's os.FileMode bits, `modTime` nanoseconds since the epoch. */
export type Stat = {
  path: string
  mode: number
  uid: number
  gid: number
  size: string
  modTime: string
  linkname: string
  devmajor?: string
  devminor?: string
}

/** What fsutil's two ends say to each other. */
export const PACKET = {stat: 0, request: 1, data: 2, fin: 3, error: 4} as const

export type Packet = {type: number; stat?: Stat | null; ID?: number; data?: Uint8Array}

/** Of a build's progress; a vertex is a step. `started` and `completed` are only asked whether they are there. */
export type Status = {
  vertexes: Array<{
    digest: string
    name: string
    cached: boolean
    started?: object | null
    completed?: object | null
    error: string
  }>
  /** `stream` is 1 for standard output, 2 for standard error. */
  logs: Array<{vertex: string; stream: unknown; msg: Uint8Array}>
}

export const healthRequest = codec<{service?: string}>('HealthCheckRequest')
export const healthResponse = codec<{status: number}>('HealthCheckResponse')
export const credentialsRequest = codec<{Host: string}>('CredentialsRequest')
export const credentialsResponse = codec<{Username?: string; Secret?: string}>('CredentialsResponse')
export const packet = codec<Packet>('Packet')
export const status = codec<Status>('StatusResponse')
