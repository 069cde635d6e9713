import Clibpq
import GuituStore
