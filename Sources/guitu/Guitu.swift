import ArgumentParser

@main
struct Guitu: ParsableCommand {}
