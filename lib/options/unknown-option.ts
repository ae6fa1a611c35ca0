import { distance, nearestName } from '../errors/nearest-name.ts'
import { elsewhere } from './elsewhere.ts'

/**
 * What to say of an option that does not exist: where it belongs, or the nearest name that does
 * exist here.
 */
export function unknownOption(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  if (near !== undefined && (distance(name, near) <= 1 || !Object.hasOwn(elsewhere, name))) {
    return `there is no such option. Did you mean \`${near}\`?`
  }
  if (Object.hasOwn(elsewhere, name)) {
    return `there is no such option here. ${elsewhere[name]}`
  }
  return `there is no such option. Known here: ${known.join(', ')}.`
}
