import type { HttpClient, HttpResponse } from './http-client.ts'
import { HttpFailure, type HttpFailureCode } from './http-failure.ts'
import { withoutQuery } from './without-query.ts'

/** For operators: words of ours and where it was asked, nothing that was in the answer. */
export interface DocumentFailure<Code extends string = never> {
  readonly failure: HttpFailureCode | 'wrong_status' | Code
  /** Without its query. */
  readonly url: string
  readonly status?: number
  readonly cause?: HttpFailure
}

/** Gets what is at an address, of status 200, or says why not. Never throws but for bugs. */
export async function getDocument(
  http: HttpClient,
  where: string,
  { accept, maxBytes }: { readonly accept: string; readonly maxBytes: number },
): Promise<{ readonly response: HttpResponse } | DocumentFailure> {
  const url = withoutQuery(where)
  let response: HttpResponse
  try {
    response = await http.send({ method: 'GET', url: where, headers: { accept }, maxBytes })
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    return Object.freeze({ failure: error.code, url, cause: error })
  }
  const { status } = response
  return status === 200 ? { response } : Object.freeze({ failure: 'wrong_status', url, status })
}
