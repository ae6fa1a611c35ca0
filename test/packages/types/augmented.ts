// Never run: the augmentation gives requests a typed `auth`.
import 'scopegate/augment'
import type { Request } from 'express'

export function subjectOf(req: Request): string | undefined {
  const scopes: readonly string[] = req.auth?.scopes ?? []
  // @ts-expect-error: it may not be there
  req.auth.subject
  return scopes.length > 0 ? req.auth?.subject : undefined
}
