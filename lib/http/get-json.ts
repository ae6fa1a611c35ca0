import { parseJsonObject } from '../jws/json.ts'
import { type DocumentFailure, getDocument } from './get-document.ts'
import type { HttpClient } from './http-client.ts'
import { withoutQuery } from './without-query.ts'

/** Why no JSON object was got. */
export type JsonFailure = DocumentFailure<'wrong_content' | 'malformed'>

/** The same in a word: a closed union of low cardinality, fit for metrics. */
export type JsonFailureCode = JsonFailure['failure']

/** Metadata and key sets take a few kilobytes; the largest key sets, with certificates, below 100. */
const maxBytes = 256 * 1024

/** Gets a document that is one JSON object, strictly parsed, or says why not. Never throws but for bugs. */
export async function getJson(
  http: HttpClient,
  where: string,
): Promise<{ readonly json: Record<string, unknown> } | JsonFailure> {
  const got = await getDocument(http, where, { accept: 'application/json', maxBytes })
  if ('failure' in got) return got
  const { response } = got
  const url = withoutQuery(where)
  // Not an allow-list: key sets come as application/jwk-set+json, octet-stream or without a type.
  if (/^\s*(text\/html|application\/xhtml)/i.test(response.header('content-type') ?? '')) {
    return Object.freeze({ failure: 'wrong_content', url })
  }
  const json = parseJsonObject(response.body)
  return json ? { json } : Object.freeze({ failure: 'malformed', url })
}
