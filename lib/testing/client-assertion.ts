import { createPublicKey, verify } from 'node:crypto'
import { algorithms } from '../jws/algorithms.ts'
