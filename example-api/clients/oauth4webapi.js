// @ts-check
// One door to the package, so that a browser can find it too: the playground serves the package's
// own file, which imports nothing, under this path.
export * from 'oauth4webapi'
