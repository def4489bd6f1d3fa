import type {Release} from '../heroku/types.js'
import {shortDigest} from './words.js'

/** What a release of ours is known by: it comes after what was seen, is by our user, and names our images. */
export type Fingerprint = {newest: number; user: string; images: string[]}

/**
 * The release that our PATCH made, among the newest. Its description is `Deployed web (2ef8bad7ccfa)`, the first 12 digits of the
 * config digest (platform-facts §1.6); with several types the wording is not known, so any of our digests in it will do.
 */
export function findOurs(releases: Release[], {images, newest, user}: Fingerprint): Release | undefined {
  const shorts = images.map((image) => shortDigest(image))
  return releases
    .filter(({version}) => version > newest)
    .sort((a, b) => a.version - b.version)
    .find((release) => release.user === user && shorts.some((short) => release.description.includes(short)))
}

/** The rollback to `version` that came after `after`, by our user (platform-facts §1.10: "Rollback to v7"). */
export function findRollback(
  releases: Release[],
  {after, user, version}: {after: number; user: string; version: number},
): Release | undefined {
  const wanted = new RegExp(`^Rollback to v${version}\\b`)
  return releases
    .filter((release) => release.version > after && release.user === user)
    .sort((a, b) => a.version - b.version)
    .find(({description}) => wanted.test(description))
}

/** The release that is live, among the newest. */
export function findCurrent(releases: Release[]): Release | undefined {
  return releases.find(({current}) => current)
}
