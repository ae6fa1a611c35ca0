import { ConfigurationError } from '../errors/configuration-error.ts'
import { type UnavailableValue, unavailable } from '../errors/unavailable-value.ts'
import type { IssuerSettings } from '../options/issuer-options.ts'
import type { IssuerLookup } from '../options/resource-server-options.ts'

const retryMs = 1000

/**
 * What the `issuers` function says about one issuer, within the deadline. That it fails, or
 * answers with another issuer than it was asked about, says nothing about the token.
 */
export async function askLookup(
  lookup: IssuerLookup,
  iss: string,
  timeoutMs: number,
): Promise<IssuerSettings | undefined | UnavailableValue> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<UnavailableValue>((resolve) => {
    timer = setTimeout(() => resolve(failed('late')), timeoutMs)
    timer.unref()
  })
  try {
    const answer = await Promise.race([lookup(iss), late])
    if (answer === undefined || 'verdict' in answer || answer.issuer === iss) return answer
    // The identifier is not named: it is the token's word.
    const message = 'The function must return the options of the very issuer it was asked about.'
    return failed(new ConfigurationError('issuers', message))
  } catch (error) {
    // Whatever the function throws is the application's, and for its operators.
    return failed(error)
  } finally {
    clearTimeout(timer)
  }
}

function failed(cause: unknown): UnavailableValue {
  return unavailable('issuer_lookup_failed', retryMs, cause)
}
