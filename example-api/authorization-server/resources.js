// @ts-check
import { errors } from 'oidc-provider/lib/helpers/errors.js'
