// What the examples use of NestJS, redux-observable and React, which are not installed here.

declare module '@nestjs/common' {
  export interface MessageEvent {
    readonly data: string | object;
    readonly id?: string;
    readonly type?: string;
    readonly retry?: number;
  }
  export function Injectable(): ClassDecorator;
  export function Controller(path?: string): ClassDecorator;
  export function Sse(path?: string): MethodDecorator;
  export function Query(name: string): ParameterDecorator;
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
