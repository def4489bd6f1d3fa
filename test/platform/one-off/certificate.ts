import {createHash, generateKeyPairSync, randomBytes, sign, type KeyObject} from 'node:crypto'
import {isIP} from 'node:net'
import {bits, boolean, explicit, implicit, integer, octets, oid, sequence, set, utcTime, utf8} from './der.js'

/** PEM; a server's certificate and the authority that a client must trust for it. */
export type ServerCertificate = {ca: string; cert: string; key: string}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const day = 24 * 60 * 60 * 1000

/**
 * A certificate for these names by a throw-away authority, whose key is forgotten at once. Written out here because node
 * issues none, and asking the openssl program would make the local Heroku need one more thing of the machine.
 */
export function throwAwayCertificate(hosts: string[]): ServerCertificate {
  const authority = {name: nameOf('Local Heroku throw-away CA'), ...newKey()}
  const server = {name: nameOf(hosts[0] ?? 'localhost'), ...newKey()}
  const ca = certificate(authority, authority, [
    extension('2.5.29.19', sequence(boolean(true)), true),
    // keyCertSign
    extension('2.5.29.15', bits(Buffer.from([0x04]), 2), true),
  ])
  const cert = certificate(server, authority, [
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', sequence(...hosts.map((host) => alternativeName(host)))),
  ])
  return {ca, cert, key: server.privateKey.export({format: 'pem', type: 'pkcs8'}).toString()}
}

type Party = {name: Buffer; publicKey: KeyObject; privateKey: KeyObject}

const newKey = () => generateKeyPairSync('ec', {namedCurve: 'prime256v1'})

function certificate(subject: Party, issuer: Party, extensions: Buffer[]): string {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const now = Date.now()
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    issuer.name,
    sequence(utcTime(new Date(now - day)), utcTime(new Date(now + 365 * day))),
    subject.name,
    subject.publicKey.export({format: 'der', type: 'spki'}),
    explicit(
      3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octets(keyId(subject))),
        extension('2.5.29.35', sequence(implicit(0, keyId(issuer)))),
      ),
    ),
  )
  const der = sequence(signed, ecdsaWithSha256, bits(sign('sha256', signed, issuer.privateKey)))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

const keyId = ({publicKey}: Party): Buffer =>
  createHash('sha1')
    .update(publicKey.export({format: 'der', type: 'spki'}))
    .digest()

const nameOf = (commonName: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))))

const extension = (id: string, content: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(content))

/** A DNS name, or an IPv4 address. */
const alternativeName = (host: string): Buffer =>
  isIP(host) === 4 ? implicit(7, Buffer.from(host.split('.').map(Number))) : implicit(2, Buffer.from(host))
