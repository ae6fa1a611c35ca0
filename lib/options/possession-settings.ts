import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Scheme } from '../errors/refusal-value.ts'
import type { DpopSettings } from './dpop-options.ts'
import { dpopSettings } from './dpop-settings.ts'
import { fapi2Algorithms } from './fapi2-algorithms.ts'
import { mtlsSettings } from './mtls-settings.ts'
import type { ResourceServerSettings } from './resource-server-options.ts'

type PossessionSettings = Pick<
  ResourceServerSettings,
  'dpop' | 'mtls' | 'senderConstrained' | 'schemes'
>

/**
 * By which proofs of possession tokens are accepted, and whether without.
 *
 * @throws ConfigurationError
 */
export function possessionSettings(given: {
  readonly profile: 'default' | 'fapi2'
  readonly dpop?: unknown
  readonly mtls?: unknown
  readonly senderConstrained?: 'when-bound' | 'required' | undefined
  readonly store?: unknown
}): PossessionSettings {
  const isFapi2 = given.profile === 'fapi2'
  const mtls = mtlsSettings(given.mtls, 'mtls')
  const dpop = dpopSettings(given.dpop === undefined ? isFapi2 && !mtls : given.dpop, 'dpop', {
    algorithms: isFapi2 ? fapi2Algorithms : undefined,
    hasStore: given.store !== undefined,
  })
  const senderConstrained = given.senderConstrained ?? (isFapi2 ? 'required' : 'when-bound')
  if (isFapi2 && senderConstrained !== 'required') {
    throw new ConfigurationError(
      'senderConstrained',
      'must be "required" under `profile: "fapi2"`. Leave it out.',
    )
  }
  if (isFapi2 && !dpop && !mtls) {
    throw new ConfigurationError(
      'dpop',
      'must not be false under `profile: "fapi2"` unless `mtls` is on: nothing else proves tokens.',
    )
  }
  if (isFapi2 && dpop) {
    requireTenSeconds(dpop)
    if (dpop.onStoreLoss !== 'refuse') {
      throw new ConfigurationError(
        'dpop.onStoreLoss',
        'must be "refuse" under `profile: "fapi2"`: a proof would be good once in each process. Leave it out.',
      )
    }
  }
  if (senderConstrained === 'required' && !dpop && !mtls) {
    throw new ConfigurationError(
      'senderConstrained',
      '"required" needs a way to prove tokens: set `dpop` or `mtls`, or every token would be refused.',
    )
  }
  return { dpop, mtls, senderConstrained, schemes: schemes({ dpop, mtls, senderConstrained }) }
}

/** FAPI 2.0 takes it that clocks are up to ten seconds off, and its conformance suite tries both ways. */
function requireTenSeconds({ windowMs, futureMs }: DpopSettings): void {
  const times = { windowSeconds: windowMs, futureSeconds: futureMs }
  for (const [name, ms] of Object.entries(times)) {
    if (ms < 10_000) {
      throw new ConfigurationError(
        `dpop.${name}`,
        `must be at least 10 under \`profile: "fapi2"\`, got ${ms / 1000}: good clients would be refused. Leave it out.`,
      )
    }
  }
}

/** Bearer first: some clients read only the first challenge. */
function schemes({
  dpop,
  mtls,
  senderConstrained,
}: Omit<PossessionSettings, 'schemes'>): readonly Scheme[] {
  // RFC 8705 section 3: a token that is bound to a certificate is presented as Bearer.
  const takesBearer = senderConstrained === 'when-bound' || mtls !== undefined
  return Object.freeze<Scheme[]>([
    ...(takesBearer ? ['Bearer' as const] : []),
    ...(dpop ? ['DPoP' as const] : []),
  ])
}
