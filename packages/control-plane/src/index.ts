export type { ControlPlane, ProcessProcedure } from './control-plane.ts';
export { createControlPlane } from './control-plane.ts';
export { createDebugger, type Debugger } from './debug/debugger.ts';
export { debugOff } from './debug/no-debugger.ts';
export type { CallContext, Caller, Handlers } from './server/handler.ts';
export { serveCall } from './server/serve.ts';
export type { ServeCall, SocketServer } from './server/socket-server.ts';
export { listenOnSocket } from './server/socket-server.ts';
