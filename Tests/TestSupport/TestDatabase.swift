import GuituStore
