// What the examples use of servers, redux-observable, React and Vue, which are installed in spec/frameworks only.

declare module '@nestjs/common' {
  export function Injectable(): ClassDecorator;
  export function Controller(path?: string): ClassDecorator;
  export function All(path?: string): MethodDecorator;
  export function Post(path?: string): MethodDecorator;
  export function Sse(path?: string): MethodDecorator;
  export function HttpCode(status: number): MethodDecorator;
  export function Body(): ParameterDecorator;
  export function Req(): ParameterDecorator;
  export function Res(): ParameterDecorator;
  export class BadRequestException extends Error {}
  export interface OnModuleDestroy {
    onModuleDestroy(): unknown;
  }
}

declare module 'express' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Request extends IncomingMessage {
    readonly originalUrl: string;
    readonly body: unknown;
  }
  interface App {
    readonly use: (path: string, handler: (request: Request, response: ServerResponse) => unknown) => void;
    readonly listen: (port: number) => void;
  }
  export default function express(): App;
}

declare module 'fastify' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface App {
    readonly register: (plugin: (api: App, options: object, done: () => void) => void) => void;
    readonly removeAllContentTypeParsers: () => void;
    readonly addContentTypeParser: (
      type: string,
      parser: (request: unknown, payload: IncomingMessage, done: (error: Error | null) => void) => void,
    ) => void;
    readonly all: (
      path: string,
      handler: (
        request: { readonly raw: IncomingMessage },
        reply: { readonly raw: ServerResponse; readonly hijack: () => void },
      ) => void,
    ) => void;
    readonly listen: (options: { readonly port: number }) => Promise<string>;
  }
  export default function fastify(): App;
}

declare module 'hono' {
  export class Hono {
    all(
      path: string,
      handler: (context: { readonly req: { readonly raw: Request } }) => Promise<Response>,
    ): void;
    readonly fetch: (request: Request) => Promise<Response>;
  }
}

declare module '@hono/node-server' {
  export function serve(options: {
    readonly port: number;
    readonly fetch: (request: Request) => Promise<Response>;
  }): void;
}

declare module 'redux-observable' {
  import type { Observable, OperatorFunction } from 'rxjs';

  export type Epic<Input, Output extends Input = Input, State = unknown> = (
    action$: Observable<Input>,
    state$: Observable<State>,
  ) => Observable<Output>;
  export function ofType<Input extends { readonly type: unknown }>(
    ...types: readonly Input['type'][]
  ): OperatorFunction<Input, Input>;
}

declare module 'react' {
  export function useMemo<T>(make: () => T, dependencies: readonly unknown[]): T;
  export function useState<T>(initial: T): readonly [T, (value: T) => void];
  export function useSyncExternalStore<T>(
    subscribe: (changed: () => void) => () => void,
    snapshot: () => T,
    serverSnapshot?: () => T,
  ): T;
}

declare module 'vue' {
  export interface ShallowRef<T> {
    value: T;
  }
  export function shallowRef<T>(value: T): ShallowRef<T>;
  export function onScopeDispose(dispose: () => void): void;
}
