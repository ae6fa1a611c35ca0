import type { DocumentFailure } from '../../http/get-document.ts'

/** What was wrong with a status list token: words of ours, nothing that was in it. */
export type StatusListFault =
  | 'wrong_content'
  | 'malformed'
  | 'wrong_type'
  | 'unsupported_header'
  | 'unsupported_algorithm'
  | 'unknown_key'
  | 'keys_unreachable'
  | 'wrong_signature'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'wrong_subject'
  | 'wrong_time'
  | 'expired'
  | 'outdated'
  | 'malformed_list'
  | 'too_many_lists'

/** Why a status list cannot be had, for operators. */
export type StatusListFailure = DocumentFailure<StatusListFault>
