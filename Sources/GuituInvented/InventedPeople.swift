import GuituModel
