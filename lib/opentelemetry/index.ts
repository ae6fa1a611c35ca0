// The whole public surface of `scopegate/opentelemetry`.

export { type Observation, observe } from './observe.ts'
export type { ObserveOptions } from './observe-options.ts'
