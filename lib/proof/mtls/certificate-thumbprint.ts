import { hash } from 'node:crypto'
import type { MtlsSettings } from '../../options/mtls-options.ts'
import { fieldValues } from '../../request/field-values.ts'
import type { Peer, PresentedRequest } from '../../request/presented-request.ts'
import { forwardedCertificate } from './forwarded-certificate.ts'
import { isTrustedPeer } from './is-trusted-peer.ts'

/**
 * The SHA-256 thumbprint, as in `x5t#S256` (RFC 8705 section 3.1), of the certificate whose private
 * key the client proved to hold; `undefined` where there is none that may be believed. Whether it
 * is still good, and who issued it, is not asked: the thumbprint alone binds (section 6.3), and TLS
 * has checked what it was told to.
 *
 * @param onIgnored - told of certificates in the header field from a peer that is not trusted
 */
export function certificateThumbprint(
  request: Pick<PresentedRequest, 'rawHeaders' | 'peer'>,
  settings: MtlsSettings,
  onIgnored: (remoteAddress: string | undefined) => void,
): string | undefined {
  const { rawHeaders, peer } = request
  const { forwarded } = settings
  if (!forwarded) {
    return peerThumbprint(peer)
  }
  const values = fieldValues(rawHeaders, forwarded.header)
  const remoteAddress = attempt(() => peer?.remoteAddress)
  if (isTrustedPeer(remoteAddress, forwarded.trustedPeers)) {
    // Only the field: a certificate of this connection is the proxy's own. Of two fields one may be
    // the client's, if the proxy appends (RFC 9440 section 2.4 wants it to sanitize).
    const [value] = values
    return value !== undefined && values.length === 1
      ? forwardedCertificate(value, forwarded.format)
      : undefined
  }
  if (values.length > 0) {
    onIgnored(remoteAddress)
  }
  return peerThumbprint(peer)
}

/**
 * Asked for at each request, which costs about 10 us: under TLS 1.2 clients may renegotiate, and
 * nothing holds them to the certificate that they came with.
 */
function peerThumbprint(peer: Peer | undefined): string | undefined {
  const der = attempt(() => peer?.getPeerX509Certificate?.()?.raw)
  return ArrayBuffer.isView(der) ? hash('sha256', der, 'base64url') : undefined
}

/** Sockets that are gone may throw: then there is nobody to ask. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
