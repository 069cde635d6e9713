import GRDB
import GuituStore
