// What the examples use of NgRx, which is installed in spec/frameworks only.

declare module '@ngrx/store' {
  export interface Action<Type extends string = string> {
    readonly type: Type;
  }
  export interface ActionCreator<Type extends string, Fields extends object> {
    (fields: Fields): Fields & Action<Type>;
    readonly type: Type;
  }
  // Its type parameter is how the fields are named: there is no value to infer them from.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  export function props<Fields extends object>(): Fields;
  export function createAction<Type extends string>(type: Type): (() => Action<Type>) & Action<Type>;
  export function createAction<Type extends string, Fields extends object>(
    type: Type,
    fields: Fields,
  ): ActionCreator<Type, Fields>;
  export type Reducer<State> = (state: State | undefined, action: Action) => State;
  export interface On<State> {
    readonly reducer: (state: State, action: never) => State;
  }
  export function on<State, A extends Action>(
    creator: (...args: never[]) => A,
    reducer: (state: State, action: A) => State,
  ): On<State>;
  export function createReducer<State>(initial: State, ...ons: readonly On<State>[]): Reducer<State>;
}

declare module '@ngrx/effects' {
  import type { Action } from '@ngrx/store';
  import type { Observable, OperatorFunction } from 'rxjs';

  export type Actions = Observable<Action>;
  export const Actions: abstract new () => Actions;
  export function ofType<A extends Action>(creator: (...args: never[]) => A): OperatorFunction<Action, A>;
  export function createEffect<Effect extends () => Observable<Action>>(
    effect: Effect,
    options?: { readonly functional?: boolean },
  ): Effect;
}

declare module '@ngrx/signals' {
  type Signals<State> = { readonly [K in keyof State]: () => State[K] };
  type Feature<Input, Output> = (store: Input) => Output;

  export function withState<State extends object>(state: State): Feature<object, Signals<State>>;
  export function withComputed<Store, Added extends object>(
    make: (store: Store) => Added,
  ): Feature<Store, Added>;
  export function withMethods<Store, Added extends object>(
    make: (store: Store) => Added,
  ): Feature<Store, Added>;
  export function signalStore<A, B, C>(
    first: Feature<object, A>,
    second: Feature<A, B>,
    third: Feature<A & B, C>,
  ): new () => A & B & C;
  export function patchState<State extends object>(store: object, state: Partial<State>): void;
}

declare module '@ngrx/signals/rxjs-interop' {
  import type { Observable } from 'rxjs';

  export function rxMethod<Input>(
    work: (source$: Observable<Input>) => Observable<unknown>,
  ): (input: Input) => void;
}
