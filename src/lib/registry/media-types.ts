/** Docker schema 2, the only one Heroku's registry takes (platform-facts §1.3). */
export const SCHEMA2 = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const

/** What else a registry or an archive may hold, in words. */
export const OTHER_MANIFESTS: Record<string, string> = {
  'application/vnd.docker.distribution.manifest.list.v2+json': 'a Docker manifest list',
  'application/vnd.docker.distribution.manifest.v1+json': 'a Docker schema 1 manifest',
  'application/vnd.docker.distribution.manifest.v1+prettyjws': 'a Docker schema 1 manifest',
  'application/vnd.oci.image.index.v1+json': 'an OCI index',
  'application/vnd.oci.image.manifest.v1+json': 'an OCI manifest',
}
