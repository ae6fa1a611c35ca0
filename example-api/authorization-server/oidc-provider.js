// @ts-check
// Not the package's main file: all that it adds on Node 20 is a warning about Node 20.
export {
  InvalidAuthorizationDetails,
  InvalidTarget,
  SessionNotFound,
} from 'oidc-provider/lib/helpers/errors.js'
export { base as defaultPolicy, Check } from 'oidc-provider/lib/helpers/interaction_policy/index.js'
export { Provider } from 'oidc-provider/lib/provider.js'
